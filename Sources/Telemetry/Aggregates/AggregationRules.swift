/// How one series' readings become aggregates.
///
/// | kind | figures besides the numbers of readings |
/// |---|---|
/// | gauge | mean, deviation, extremes, ends, percentiles |
/// | interval count | the same, and the sum |
/// | counter | increase, resets and wraps; mean, deviation, extremes and ends of the readings of the counter |
/// | circular | vector mean, resultant length, ends |
/// | event | the number of readings is the figure; mean, deviation, extremes and ends of what they say |
public struct AggregationRules: Hashable, Sendable {
    public var kind: Quantity.Kind
    /// The share of expected readings from which on a window is valid, 0 to 1.
    public var requiredCoverage: Double
    /// The expected time between readings, where it is configured.
    public var intervalMilliseconds: Int64?
    /// For counters that wrap.
    public var counterWidth: CounterWidth?

    public init(
        kind: Quantity.Kind, requiredCoverage: Double = Aggregate.requiredCoverage,
        intervalMilliseconds: Int64? = nil, counterWidth: CounterWidth? = nil
    ) {
        self.kind = kind
        self.requiredCoverage = requiredCoverage
        self.intervalMilliseconds = intervalMilliseconds
        self.counterWidth = counterWidth
    }

    public init(of quantity: Quantity, intervalMilliseconds: Int64?) {
        self.init(
            kind: quantity.kind, requiredCoverage: quantity.requiredCoverage,
            intervalMilliseconds: intervalMilliseconds, counterWidth: quantity.counterWidth)
    }

    public var hasPercentiles: Bool { kind == .gauge || kind == .intervalCount }

    /// How many readings a complete window has; events come when they come.
    public func expectedCount(in window: Window) -> Int? {
        kind == .event ? nil : window.expectedCount(intervalMilliseconds: intervalMilliseconds)
    }
}
