/// What has become of some of a partner's changes: recorded in one transaction, whole or not at all.
public struct Settlement: Hashable, Sendable {
    public var partner: String
    /// They wait no longer. All of them are in ``counts``.
    public var changes: Range<ChangeNumber>
    public var counts: DeliveryCounts
    public var refusals: [RefusedAggregate]
    /// Rows that were sent twice, since the last settlement.
    public var repeated: Int
    /// What the sink must know after a crash; nil leaves what is there.
    public var bookmark: String?
    public var time: Timestamp

    public init(
        partner: String, changes: Range<ChangeNumber>, counts: DeliveryCounts, refusals: [RefusedAggregate] = [],
        repeated: Int = 0, bookmark: String? = nil, time: Timestamp
    ) {
        self.partner = partner
        self.changes = changes
        self.counts = counts
        self.refusals = refusals
        self.repeated = repeated
        self.bookmark = bookmark
        self.time = time
    }
}

/// An aggregate that a partner's server did not want.
public struct RefusedAggregate: Hashable, Sendable {
    public var change: ChangeNumber
    public var series: SeriesID
    public var tier: Tier
    public var start: Timestamp
    public var revision: Int
    /// The server's own words.
    public var reason: String

    public init(
        change: ChangeNumber, series: SeriesID, tier: Tier, start: Timestamp, revision: Int, reason: String
    ) {
        self.change = change
        self.series = series
        self.tier = tier
        self.start = start
        self.revision = revision
        self.reason = reason
    }
}
