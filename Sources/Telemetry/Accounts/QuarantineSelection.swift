/// Which quarantined messages are meant. What is not given does not restrict; nothing given means all of them.
public struct QuarantineSelection: Codable, Hashable, Sendable {
    /// Numbers of rows.
    public var ids: [Int64]?
    public var reason: String?
    public var source: String?
    /// Numbers above this only, to go on where an answer ended.
    public var after: Int64?
    /// Numbers up to this only, so that what comes meanwhile is none of it.
    public var through: Int64?

    public init(
        ids: [Int64]? = nil, reason: String? = nil, source: String? = nil, after: Int64? = nil, through: Int64? = nil
    ) {
        self.ids = ids
        self.reason = reason
        self.source = source
        self.after = after
        self.through = through
    }
}

/// What became of quarantined messages that were sent through again, or dropped.
public struct QuarantineOutcome: Codable, Hashable, Sendable {
    public var stored = 0
    public var duplicate = 0
    /// They were put aside again, under their old numbers.
    public var quarantined = 0
    /// Let go by rule.
    public var rejected = 0
    public var dropped = 0
    /// Conflicts, which hold a reading and no message: nothing can be sent through again.
    public var skipped = 0
    /// The last number that was looked at; nil when there is no more.
    public var continueAfter: Int64?

    public init() {}

    public mutating func add(_ other: QuarantineOutcome) {
        stored += other.stored
        duplicate += other.duplicate
        quarantined += other.quarantined
        rejected += other.rejected
        dropped += other.dropped
        skipped += other.skipped
        continueAfter = other.continueAfter
    }
}
