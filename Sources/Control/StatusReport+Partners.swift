extension StatusReport {
    /// Somebody who gets aggregates. Numbers are of changes: windows that were closed or corrected.
    public struct Partner: Codable, Sendable, Equatable {
        public var name: String
        /// As in the configuration; nil where it is not in there any more.
        public var sink: String?
        /// Where it is, without credentials.
        public var address: String?
        /// `connected`, `idle`, `starting`, `waiting to retry`, `waiting for the storage`, `waiting for the
        /// clock`, `stopped`; nil where the daemon
        /// does not run, or the partner is not in the configuration.
        public var state: String?
        /// Since the partner was entered; the sum of what follows, ``pending`` included.
        public var closed: Int
        public var delivered: Int
        public var refused: Int
        public var outside: Int
        public var withheld: Int
        public var replaced: Int
        public var expired: Int
        public var pending: Int
        public var balanced: Bool
        /// Rows that went twice, since no answer came.
        public var repeated: Int
        /// How old the oldest change is that waits.
        public var behindSeconds: Double?
        public var lastDelivery: String?
        /// What keeps it from delivering, in words; nil while nothing does.
        public var failure: String?
        public var failingSince: String?
        public var nextAttemptSeconds: Double?
        /// The last failure, also when it is over.
        public var lastError: String?

        public init(name: String) {
            self.name = name
            closed = 0
            delivered = 0
            refused = 0
            outside = 0
            withheld = 0
            replaced = 0
            expired = 0
            pending = 0
            balanced = true
            repeated = 0
        }
    }
}
