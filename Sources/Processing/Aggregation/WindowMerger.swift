public import Telemetry

/// Builds the aggregate of one series' window from those of finer windows, offered in the order of their time.
///
/// As with readings the order is part of the definition: the same windows give the same bits.
public struct WindowMerger: Sendable {
    private var aggregate: Aggregate

    public init(window: Window, rules: AggregationRules) {
        aggregate = Aggregate(
            window: window, expected: rules.expectedCount(in: window), requiredCoverage: rules.requiredCoverage)
    }

    public mutating func add(_ finer: Aggregate) {
        aggregate.merge(finer)
    }

    /// The aggregate of what was added so far.
    ///
    /// Where it has readings of a kind with percentiles but no distribution was left to compute them from, these are
    /// nil: they can be had from the readings themselves; see ``PercentileSearch``.
    public var result: Aggregate {
        var result = aggregate
        result.settlePercentiles()
        return result
    }
}
