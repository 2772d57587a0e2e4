extension StatusReport {
    /// What the database file uses, what it may use, and how far back it reaches.
    public struct Space: Codable, Sendable, Equatable {
        /// Without free pages, which are filled before the file grows.
        public var usedBytes: Int64
        /// Nil where there is none.
        public var quotaBytes: Int64?
        /// From so many used bytes on the oldest goes.
        public var removalBeginsBytes: Int64?
        /// `none` without a quota, `within`, `removing`, `too_small`.
        public var condition: String
        /// The time of the first raw reading; nil where there is none.
        public var readingsSince: String?
        /// The start of each tier's first window.
        public var windowsSince: [Reach]
        /// For the quota, since the file was made.
        public var removedReadings: Int
        public var removedWindows: Int
        /// What the write-ahead log grows to when nothing holds it; it comes on top of the quota.
        public var logLimitBytes: Int64

        public struct Reach: Codable, Sendable, Equatable {
            public var tier: String
            public var since: String

            public init(tier: String, since: String) {
                self.tier = tier
                self.since = since
            }
        }

        public init(
            usedBytes: Int64, quotaBytes: Int64?, removalBeginsBytes: Int64?, condition: String,
            readingsSince: String?, windowsSince: [Reach], removedReadings: Int, removedWindows: Int,
            logLimitBytes: Int64
        ) {
            self.usedBytes = usedBytes
            self.quotaBytes = quotaBytes
            self.removalBeginsBytes = removalBeginsBytes
            self.condition = condition
            self.readingsSince = readingsSince
            self.windowsSince = windowsSince
            self.removedReadings = removedReadings
            self.removedWindows = removedWindows
            self.logLimitBytes = logLimitBytes
        }
    }
}
