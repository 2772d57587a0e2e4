extension StatusReport {
    /// How much is written to the disk, and what is done to write less.
    public struct Wear: Codable, Sendable, Equatable {
        /// On this local day, restarts included.
        public var writtenTodayBytes: Int64
        /// As in the last quarter of an hour; nil in the first minute.
        public var writtenPerDayBytes: Double?
        /// By the kernel, of the whole process; else counted in the database's pages.
        public var isMeasured: Bool
        public var budgetBytesPerDay: Int64?
        /// `none` without a budget, `within`, `stretched`, `exceeded`, `spent`.
        public var verdict: String
        /// In force; a batch may be committed earlier, when the broker's window is used up.
        public var commitIntervalMilliseconds: Int64
        public var configuredIntervalMilliseconds: Int64
        /// Why the interval is not as configured, or the budget cannot be kept; in words.
        public var remark: String?

        public init(
            writtenTodayBytes: Int64, writtenPerDayBytes: Double?, isMeasured: Bool, budgetBytesPerDay: Int64?,
            verdict: String, commitIntervalMilliseconds: Int64, configuredIntervalMilliseconds: Int64, remark: String?
        ) {
            self.writtenTodayBytes = writtenTodayBytes
            self.writtenPerDayBytes = writtenPerDayBytes
            self.isMeasured = isMeasured
            self.budgetBytesPerDay = budgetBytesPerDay
            self.verdict = verdict
            self.commitIntervalMilliseconds = commitIntervalMilliseconds
            self.configuredIntervalMilliseconds = configuredIntervalMilliseconds
            self.remark = remark
        }
    }

    /// A disk that takes seconds for what takes milliseconds.
    public struct SlowDisk: Codable, Sendable, Equatable {
        /// For how long a commit has been under way that is not done; nil where none is, or not for long.
        public var underWaySeconds: Double?
        /// Whether the last commit was slow.
        public var isSlow: Bool
        /// Since the start.
        public var slowCommits: Int
        public var slowest: String?
        public var slowestMilliseconds: Double?

        public init(
            underWaySeconds: Double?, isSlow: Bool, slowCommits: Int, slowest: String?, slowestMilliseconds: Double?
        ) {
            self.underWaySeconds = underWaySeconds
            self.isSlow = isSlow
            self.slowCommits = slowCommits
            self.slowest = slowest
            self.slowestMilliseconds = slowestMilliseconds
        }
    }
}
