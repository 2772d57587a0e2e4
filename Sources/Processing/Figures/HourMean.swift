public import Telemetry

/// A one-hour mean that EU rules let speak: at least three quarters of its data are there.
/// Source: 2008/50/EC Annex VII and XI.
public struct HourMean: Hashable, Sendable {
    /// A whole hour, UTC.
    public var start: Timestamp
    public var value: Double

    /// Of the data of an hour.
    public static let requiredCoverage = 0.75
    static let milliseconds: Int64 = 3_600_000

    public init(start: Timestamp, value: Double) {
        self.start = start
        self.value = value
    }

    /// - Returns: nil for another tier, and for an hour without enough data or of which that is not known.
    public init?(_ aggregate: Aggregate) {
        guard aggregate.window.tier == .hour, let mean = aggregate.mean, mean.isFinite,
            let coverage = aggregate.coverage, coverage >= HourMean.requiredCoverage
        else { return nil }
        self.init(start: aggregate.window.start, value: mean)
    }
}
