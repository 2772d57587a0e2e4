extension SessionMachine {
    /// How much is taken in between two acknowledgements, and how long the machine waits for what. In milliseconds.
    public struct Limits: Sendable, Hashable {
        /// How many messages the broker may have in flight.
        public var window: Int
        /// At least; the storage may ask for more.
        public var commitIntervalMilliseconds: Int64
        /// What a batch may hold in topics and payloads, about, so that a transaction stays small.
        public var batchBytes = 4 << 20
        /// How long the broker may hear nothing; it hangs up after half as long again. Source: MQTT 5.0, 3.1.2.10
        public var keepAliveMilliseconds: Int64 = 60_000
        public var answerMilliseconds: Int64 = 30_000
        public var firstBackoffMilliseconds: Int64 = 1000
        public var lastBackoffMilliseconds: Int64 = 60_000
        /// How long a final commit may take when stopping.
        public var stopMilliseconds: Int64 = 3000

        public init(window: Int, commitIntervalMilliseconds: Int64) {
            self.window = window
            self.commitIntervalMilliseconds = commitIntervalMilliseconds
        }
    }
}
