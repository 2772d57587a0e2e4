extension Aggregate {
    /// Mean, spread, extremes and ends of the usable readings.
    public struct Statistics: Hashable, Sendable {
        public var mean: Double
        /// The sum of squared deviations from the mean, from which deviations of merged windows follow exactly. Infinite
        /// where no number holds it.
        public var squaredDeviations: Double
        public var minimum: Double
        /// When it was reached first; nil in windows that were written before it was kept, like the next.
        public var minimumTime: Timestamp?
        public var maximum: Double
        public var maximumTime: Timestamp?
        public var first: Double
        public var firstTime: Timestamp
        public var last: Double
        public var lastTime: Timestamp

        public init(
            mean: Double, squaredDeviations: Double, minimum: Double, minimumTime: Timestamp? = nil,
            maximum: Double, maximumTime: Timestamp? = nil,
            first: Double, firstTime: Timestamp, last: Double, lastTime: Timestamp
        ) {
            self.mean = mean
            self.squaredDeviations = squaredDeviations
            self.minimum = minimum
            self.minimumTime = minimumTime
            self.maximum = maximum
            self.maximumTime = maximumTime
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
        /// How often it fell because it was full and went on from 0; see ``CounterWidth``.
        public var wraps: Int
        /// When the value was read from which it begins: before the window, far before it after a gap. Nil where the
        /// window has the series' first.
        public var since: Timestamp?

        public init(total: Double, resets: Int, wraps: Int = 0, since: Timestamp? = nil) {
            self.total = total
            self.resets = resets
            self.wraps = wraps
            self.since = since
        }
    }
}
