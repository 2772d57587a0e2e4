/// What one series' readings in one window amount to. A function of the stored readings and of nothing else.
public struct Aggregate: Hashable, Sendable {
    public var window: Window
    /// Readings that are used: those flagged good or unknown. The figures below are theirs alone.
    public var count: Int
    public var suspectCount: Int
    public var failCount: Int
    /// How many readings a complete window has; nil when the device's interval is not configured.
    public var expected: Int?
    /// Nil in a window without usable readings, like all the figures that follow.
    public var statistics: Statistics?
    /// For counters: how much was counted, from the last usable reading before the window on. Never extrapolated.
    public var increase: CounterIncrease?

    public init(
        window: Window, count: Int = 0, suspectCount: Int = 0, failCount: Int = 0, expected: Int? = nil,
        statistics: Statistics? = nil, increase: CounterIncrease? = nil
    ) {
        self.window = window
        self.count = count
        self.suspectCount = suspectCount
        self.failCount = failCount
        self.expected = expected
        self.statistics = statistics
        self.increase = increase
    }

    public struct Statistics: Hashable, Sendable {
        public var mean: Double
        /// The sum of squared deviations from the mean, from which deviations of merged windows follow exactly.
        public var squaredDeviations: Double
        public var minimum: Double
        public var maximum: Double
        public var first: Double
        public var firstTime: Timestamp
        public var last: Double
        public var lastTime: Timestamp

        public init(
            mean: Double, squaredDeviations: Double, minimum: Double, maximum: Double,
            first: Double, firstTime: Timestamp, last: Double, lastTime: Timestamp
        ) {
            self.mean = mean
            self.squaredDeviations = squaredDeviations
            self.minimum = minimum
            self.maximum = maximum
            self.first = first
            self.firstTime = firstTime
            self.last = last
            self.lastTime = lastTime
        }
    }

    public struct CounterIncrease: Hashable, Sendable {
        public var total: Double
        /// How often the counter fell, which is taken as a restart from 0.
        public var resets: Int

        public init(total: Double, resets: Int) {
            self.total = total
            self.resets = resets
        }
    }

    /// The standard deviation of the readings themselves (population, divisor n), as QARTOD's attenuated-signal test
    /// takes it.
    public var standardDeviation: Double? {
        statistics.map { count > 0 ? ($0.squaredDeviations / Double(count)).squareRoot() : 0 }
    }

    /// The share of the expected readings that are there, 0 to 1; nil when the expectation is not known.
    public var coverage: Double? {
        expected.map { min(1, Double(count) / Double(max($0, 1))) }
    }

    /// Whether enough of the expected readings are there to let the window speak; false when that cannot be known.
    public var isValid: Bool { coverage.map { $0 >= Aggregate.requiredCoverage } ?? false }

    /// The share of expected readings from which on a window counts as valid. Source: 2008/50/EC Annex VII.
    public static let requiredCoverage = 0.75
}

extension Window {
    /// How many readings a series with this interval has in a complete window; at least 1.
    public func expectedCount(intervalMilliseconds: Int64?) -> Int? {
        guard let interval = intervalMilliseconds, interval > 0 else { return nil }
        return max(1, Int((milliseconds + interval / 2) / interval))
    }
}
