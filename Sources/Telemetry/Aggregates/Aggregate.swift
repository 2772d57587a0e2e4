/// What one series' readings in one window amount to. A function of the stored readings and of nothing else.
///
/// Which figures there are depends on the quantity's kind; see ``AggregationRules``.
public struct Aggregate: Hashable, Sendable {
    public var window: Window
    /// Readings that are used: those flagged good or unknown. The figures below are theirs alone. For events, their
    /// number.
    public var count: Int
    public var suspectCount: Int
    public var failCount: Int
    /// How many readings a complete window has; nil when the device's interval is not configured, and for events.
    public var expected: Int?
    /// The share of expected readings from which on the window is valid, 0 to 1.
    public var requiredCoverage: Double
    /// Nil in a window without usable readings, like all the figures that follow, and for circular quantities.
    public var statistics: Statistics?
    /// For counters: how much was counted, from the last usable reading before the window on. Never extrapolated.
    public var increase: CounterIncrease?
    /// For interval counts: what all of them counted.
    public var sum: Double?
    /// For circular quantities, in place of ``statistics``.
    public var direction: DirectionSum?
    /// For gauges and interval counts. Nil also where they are not known exactly: see ``distribution``.
    public var percentiles: Percentiles?
    /// What the percentiles of coarser windows are computed from; only in tiers that coarser ones are merged from. Nil
    /// also where more values differ than it holds, and in windows that were written before it was kept.
    public var distribution: Distribution?

    public init(
        window: Window, count: Int = 0, suspectCount: Int = 0, failCount: Int = 0, expected: Int? = nil,
        requiredCoverage: Double = Aggregate.requiredCoverage, statistics: Statistics? = nil,
        increase: CounterIncrease? = nil
    ) {
        self.window = window
        self.count = count
        self.suspectCount = suspectCount
        self.failCount = failCount
        self.expected = expected
        self.requiredCoverage = requiredCoverage
        self.statistics = statistics
        self.increase = increase
    }

    /// The mean of the readings: of the directions, as vectors, where the quantity is circular.
    public var mean: Double? { statistics?.mean ?? direction?.meanDegrees(count: count) }

    /// How much directions agree, 0 to 1; nil for other quantities.
    public var resultantLength: Double? { direction?.resultantLength(count: count) }

    public var first: Double? { statistics?.first ?? direction?.first }
    public var last: Double? { statistics?.last ?? direction?.last }

    /// The standard deviation of the readings themselves (population, divisor n), as QARTOD's attenuated-signal test
    /// takes it. Nil also where values lie so far apart that no number holds it.
    public var standardDeviation: Double? {
        guard let statistics else { return nil }
        let deviation = count > 0 ? (statistics.squaredDeviations / Double(count)).squareRoot() : 0
        return deviation.isFinite ? deviation : nil
    }

    /// The share of the expected readings that are there, 0 to 1; nil when the expectation is not known.
    public var coverage: Double? {
        expected.map { min(1, Double(count) / Double(max($0, 1))) }
    }

    /// Whether enough of the expected readings are there to let the window speak, and no more is counted in it than passed
    /// in it; false when that cannot be known.
    public var isValid: Bool { coverage.map { $0 >= requiredCoverage && !reachesBack } ?? false }

    /// Whether a counter's increase holds much of what was counted before the window: after a gap it is all that passed
    /// meanwhile. One interval and a half is nothing strange, nor is as much of the window as may be missing in it.
    public var reachesBack: Bool {
        guard let since = increase?.since else { return false }
        let length = Double(window.milliseconds)
        let allowed = expected.map { max(1.5 * length / Double(max($0, 1)), (1 - requiredCoverage) * length) }
        return Double(window.start - since) > allowed ?? length
    }

    /// The share of expected readings from which on a window counts as valid unless its quantity says otherwise.
    /// Source: 2008/50/EC Annex VII.
    public static let requiredCoverage = 0.75

    /// Computes the percentiles of a window that is complete, and lets go what nothing will be merged from.
    public mutating func settlePercentiles() {
        percentiles = distribution?.percentiles
        if !window.tier.isMergedFurther { distribution = nil }
    }
}

extension Window {
    /// How many readings a series with this interval has in a complete window; at least 1.
    public func expectedCount(intervalMilliseconds: Int64?) -> Int? {
        guard let interval = intervalMilliseconds, interval > 0 else { return nil }
        return max(1, Int((milliseconds + interval / 2) / interval))
    }
}
