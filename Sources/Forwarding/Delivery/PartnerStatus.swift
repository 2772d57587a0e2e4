public import Telemetry

/// How a partner's thread is doing; for people.
public struct PartnerStatus: Sendable, Hashable {
    public var state = State.starting
    /// Since when ``failure`` and its like have kept it from delivering.
    public var failingSince: Timestamp?
    /// The last one, also after it was got over.
    public var failure: SinkFailure?
    public var nextAttempt: Timestamp?
    public var lastDelivery: Timestamp?
    /// When the oldest change that waits was committed; nil where none does.
    public var oldestPending: Timestamp?
    /// Rows that the server took since the start.
    public var deliveredSinceStart = 0
    /// How many rows go at a time at present.
    public var batchRows = 0

    public init() {}

    public enum State: String, Sendable, Hashable {
        case starting
        /// The store cannot be read or written.
        case waitingForStorage = "waiting for the storage"
        /// The gateway's own clock is not right yet: no window is closed.
        case waitingForClock = "waiting for the clock"
        /// The last delivery was answered.
        case connected
        /// Nothing has been sent yet.
        case idle
        /// After a failure.
        case waitingToRetry = "waiting to retry"
        case stopped
    }
}
