public import Telemetry

/// The gateway's side of forwarding: where a partner stands, what there is to send, and where it is recorded that it was.
/// Any thread.
public protocol ForwardingStore: AnyObject, Sendable {
    /// Where a partner stands as recorded; nil while nothing can be read or recorded: the disk is away, a damaged file is
    /// being salvaged, or the partner is not entered yet.
    func standing(of partner: String) -> PartnerStanding?

    /// Hands in what has become of some changes, for the next commit.
    /// - Parameter era: ``PartnerStanding/era``; what was handed in under another is let go.
    /// - Returns: a ticket for ``isRecorded(_:)``.
    func record(_ settlement: Settlement, era: UInt64) -> UInt64

    /// Has what was handed in be committed now, since somebody waits for it.
    func hurry()

    /// Whether what was handed in under a ticket is durable.
    func isRecorded(_ ticket: UInt64) -> Bool

    /// Reads at one moment, on a connection of its own that is closed afterwards.
    /// - Throws: ``FeedError``; the caller tries again later.
    func read(_ body: (any ChangeReading) throws(FeedError) -> Void) throws(FeedError)

    /// The time of day, and whether it can be right.
    var now: Timestamp? { get }
}

/// A partner as recorded.
public struct PartnerStanding: Hashable, Sendable {
    /// One more each time that the store was opened: what was handed in before is lost unless it was recorded.
    public var era: UInt64
    public var pending: PendingChanges
    /// The number that the next change gets.
    public var next: ChangeNumber
    public var bookmark: String?

    public init(era: UInt64, pending: PendingChanges, next: ChangeNumber, bookmark: String? = nil) {
        self.era = era
        self.pending = pending
        self.next = next
        self.bookmark = bookmark
    }
}

/// What a forwarder reads. One thread, and only within ``ForwardingStore/read(_:)``.
public protocol ChangeReading {
    /// Visits what has changed, in order, until `visit` says false; numbers of which nothing is known are left out.
    func changes(
        in range: Range<ChangeNumber>, _ visit: (ChangeRun) throws(FeedError) -> Bool
    ) throws(FeedError)

    /// The first change that was committed at a time or later.
    func firstChange(since time: Timestamp) throws(FeedError) -> ChangeNumber?

    /// Visits the aggregates of one window, of series with consecutive numbers, in the order of these.
    /// - Parameter hasPercentiles: whether they are wanted.
    func aggregates(
        _ tier: Tier, start: Timestamp, series: ClosedRange<SeriesID>, hasPercentiles: Bool,
        _ visit: (SeriesID, Aggregate, _ revision: Int) -> Void
    ) throws(FeedError)

    /// Visits one series' aggregates of windows that begin within a range.
    func aggregates(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID, _ visit: (Aggregate) -> Void
    ) throws(FeedError)

    /// All series.
    func series() throws(FeedError) -> [SeriesFacts]
}

/// Why nothing could be read, in words.
public struct FeedError: Error, Hashable, Sendable {
    public var cause: String

    public init(_ cause: String) {
        self.cause = cause
    }
}
