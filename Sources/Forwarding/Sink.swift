/// A partner's server, spoken to in its protocol. Made and used by the partner's own thread alone, which it may block.
///
/// A sink translates and sends. What to send, when to try again, how much at a time, and what is counted is the forwarder's
/// to decide (``DeliveryMachine``); a sink never tries twice on its own, and waits no longer than its time limits.
public protocol Sink: AnyObject {
    /// What the protocol can do; does not change.
    var traits: SinkTraits { get }

    /// Called once before the first delivery, and after each failure of the store: everything after this mark may have been
    /// sent, and not been recorded.
    /// - Parameter bookmark: what the last delivery that was recorded left as ``Delivery/bookmark``; nil where there is none.
    func resume(at bookmark: String?) throws(SinkFailure)

    /// Sends rows, in their order, and waits for what becomes of each.
    /// - Parameter rows: at least one; at most ``SinkTraits/mostRows``. Of one window there may be several revisions, the
    ///   higher behind the lower.
    /// - Throws: where nothing is known of any row, or all are to be sent again.
    func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery

    /// What a delivery of these rows would send, for people: requests with their headers, without secrets.
    func preview(_ rows: [SharedAggregate]) -> String

    /// Lets connections go; the next delivery opens new ones.
    func disconnect()

    /// Ends what is under way within a second, and everything after it at once, until it resumes if that lets it go on. Any
    /// thread.
    func cancel()
}

public struct SinkTraits: Sendable, Hashable {
    /// How many rows one delivery may hold, at least 1.
    public var mostRows: Int
    /// Whether what is sent twice is there once. Where not, no more is sent before what was sent is recorded, so that a
    /// crash repeats one delivery at most.
    public var isIdempotent: Bool

    public init(mostRows: Int, isIdempotent: Bool) {
        self.mostRows = mostRows
        self.isIdempotent = isIdempotent
    }
}

/// What became of the rows of one delivery.
public struct Delivery: Sendable, Hashable {
    /// Of each row; empty where all were taken.
    public var outcomes: [Outcome]
    /// Recorded with the delivery, in the same transaction: for sinks that must know after a crash how far they were.
    public var bookmark: String?

    public enum Outcome: Sendable, Hashable {
        case taken
        /// For good, in the server's own words. The row is set aside.
        case refused(String)
        /// Not now, in the server's own words. The row is sent again, and nothing overtakes it.
        case again(String)
    }

    public init(_ outcomes: [Outcome] = [], bookmark: String? = nil) {
        self.outcomes = outcomes
        self.bookmark = bookmark
    }

    public static let allTaken = Delivery()
}
