/// How the broker session stands, for people. A moment's view.
public struct SessionStatus: Sendable, Hashable {
    public enum State: String, Sendable {
        case connecting
        case connected
        case waitingToReconnect = "waiting to reconnect"
        case waitingForStorage = "waiting for the storage"
        case stopped
    }

    public var state = State.connecting
    /// `host:port`.
    public var address: String
    /// Milliseconds of the monotonic clock.
    public var connectedSince: Int64?
    public var nextAttempt: Int64?
    public var failedAttempts = 0
    /// Connections made since the start.
    public var connections = 0
    /// What went wrong last, in words with a hint; nil while all is well.
    public var lastError: String?
    public var unacknowledged = 0
    public var receiveMaximum: Int
    public var subscriptions: [String]
}
