public import Threading

/// What the broker session hands messages to. All calls come from the broker thread.
public protocol IntakeLine: AnyObject {
    /// A connection is up; what follows belongs to it.
    /// - Parameter isResumed: the broker kept the session, so that unacknowledged messages come again, first.
    func connectionOpened(isResumed: Bool)
    /// Takes one message; blocks while the ring is full. The buffers are valid during the call only.
    /// - Parameter packetID: 0 for QoS 0.
    func accept(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, packetID: UInt16, isRetained: Bool)
    /// The broker has granted these subscriptions, and taken back all others.
    func subscribed(to filters: [String])
    /// Takes in what waits beside the broker's messages. Once a turn, whatever the connection does.
    func acceptWaiting()
    /// The end of a burst: wakes the consumer.
    func publishBurst()
    /// How many messages the broker sends before it waits for acknowledgements, as far as it has shown.
    func windowIs(_ messages: Int)
    /// Asks that everything accepted so far be committed.
    /// - Returns: at once, the number that `status.committed` will reach.
    func requestCommit() -> UInt64
    var status: IntakeStatus { get }
    /// Raised when ``status`` changes.
    var signal: Signal { get }
}

extension IntakeLine {
    public func windowIs(_ messages: Int) {}
}

/// How far the rest of the gateway has come with what it was handed.
public struct IntakeStatus: Sendable, Hashable {
    /// The highest number of a request to commit that was carried out.
    public var committed: UInt64
    /// Grows when a commit failed: nothing that is not confirmed will be.
    public var failures: UInt64
    public var isStorageReady: Bool
    /// How long a batch is to wait, at least, in milliseconds: longer than configured where flash is to be spared.
    public var commitIntervalMilliseconds: Int64

    public init(committed: UInt64, failures: UInt64, isStorageReady: Bool, commitIntervalMilliseconds: Int64 = 0) {
        self.committed = committed
        self.failures = failures
        self.isStorageReady = isStorageReady
        self.commitIntervalMilliseconds = commitIntervalMilliseconds
    }
}
