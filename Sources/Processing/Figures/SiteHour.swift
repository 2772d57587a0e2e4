public import Telemetry

/// The air of one hour at one site: the one-hour means that are valid, in µg/m³.
public struct SiteHour: Hashable, Sendable {
    private var means: [Pollutant: [Double]] = [:]

    public init() {}

    /// Adds what one sensor measured.
    /// - Returns: false, with nothing added, for quantities that no index knows, other units than µg/m³, other tiers
    ///   than the hour, and aggregates that are not valid.
    @discardableResult
    public mutating func add(_ aggregate: Aggregate, quantity: String, unit: String) -> Bool {
        guard let pollutant = Pollutant(rawValue: quantity), unit == Pollutant.unit,
            aggregate.window.tier == .hour, aggregate.isValid, let mean = aggregate.mean
        else { return false }
        return add(mean, of: pollutant)
    }

    /// - Returns: false, with nothing added, for what is not finite.
    @discardableResult
    public mutating func add(_ mean: Double, of pollutant: Pollutant) -> Bool {
        guard mean.isFinite else { return false }
        means[pollutant, default: []].append(mean)
        return true
    }

    /// The mean of the sensors that measured a pollutant; nil where none did.
    public subscript(pollutant: Pollutant) -> Double? {
        // In order, so that the same sensors give the same bits.
        means[pollutant]?.sorted().mean
    }
}
