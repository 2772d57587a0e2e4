/// What a series measures: its name, its canonical unit, and how its values add up.
public struct Quantity: Hashable, Sendable {
    /// Lower case with underscores: `pm2_5`, `fill_level`.
    public var name: String
    /// The canonical unit as a UCUM code; every stored value is in it.
    public var unit: String
    public var kind: Kind
    /// The gross-range limits that apply unless the configuration overrides them.
    public var grossRange: GrossRangeLimits?
    /// The share of expected readings from which on an aggregate is valid, 0 to 1.
    public var requiredCoverage = Aggregate.requiredCoverage
    /// For counters that go on from 0 when they are full.
    public var counterWidth: CounterWidth?
    /// The limits of the other tests, likewise.
    public var limits: QualityLimits

    public init(
        name: String, unit: String, kind: Kind, grossRange: GrossRangeLimits? = nil,
        limits: QualityLimits = QualityLimits()
    ) {
        self.name = name
        self.unit = unit
        self.kind = kind
        self.grossRange = grossRange
        self.limits = limits
    }

    public enum Kind: String, Sendable, CaseIterable {
        /// A level at a moment: temperature, concentration, fill level.
        case gauge
        /// A running total that only grows, but for resets: vehicles since power-up.
        case counter
        /// The number since the last report.
        case intervalCount = "interval_count"
        /// Degrees on a circle: wind direction.
        case circular
        /// Something that happened.
        case event
    }
}

/// Limits of the gross-range test: outside `fail` the flag is 4, outside `suspect` 3; the limits themselves pass.
public struct GrossRangeLimits: Hashable, Sendable {
    public var fail: ClosedRange<Double>?
    /// Lies within `fail` where both are given.
    public var suspect: ClosedRange<Double>?

    public init(fail: ClosedRange<Double>? = nil, suspect: ClosedRange<Double>? = nil) {
        self.fail = fail
        self.suspect = suspect
    }
}
