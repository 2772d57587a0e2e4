public import Logging
import MQTT
import Synchronization
import Threading

/// The thread that owns the connection to the broker, and what others may ask of it.
public final class BrokerSession: Sendable {
    private let shared: SessionShared
    private let worker: WorkerThread

    /// Starts the thread.
    /// - Parameters:
    ///   - earlierSubscriptions: what the session at the broker may still be subscribed to; taken back where the options
    ///     do not name it.
    ///   - line: gets the messages; used by the session's thread alone from now on.
    public init(
        options: BrokerOptions, earlierSubscriptions: [String] = [], line: sending any IntakeLine, logger: Logger
    ) {
        let shared = SessionShared(options: options)
        self.shared = shared
        let box = LineBox(line)
        worker = WorkerThread(name: "broker") {
            guard let line = box.take() else { return }
            var loop = SessionLoop(
                options: options, earlierSubscriptions: earlierSubscriptions, line: line, shared: shared, logger: logger
            )
            loop.run()
        }
    }

    /// Commits and acknowledges what was read, says goodbye, ends the thread. Any thread; returns at once.
    public func stop() {
        shared.shouldStop.store(true, ordering: .releasing)
        shared.wake.raise()
    }

    /// - Returns: whether the thread has ended within that time.
    public func join(milliseconds: Int32) -> Bool { worker.join(milliseconds: milliseconds) }

    /// Takes new options: reconnects when they differ, so that unacknowledged messages come again. Any thread.
    public func replace(options: BrokerOptions) {
        shared.replacement.withLock { $0 = options }
        shared.wake.raise()
    }

    public var status: SessionStatus { shared.status.withLock { $0 } }

    /// The monotonic millisecond of the last turn of the loop; a connection attempt, which may block, counts as a turn
    /// until its own limit.
    public var heartbeatMilliseconds: Int64 { shared.heartbeat.load(ordering: .relaxed) }
}

/// What the session's thread shares with the others.
final class SessionShared: Sendable {
    let shouldStop = Atomic<Bool>(false)
    let wake = Signal()
    let heartbeat = Atomic<Int64>(MonotonicClock.milliseconds())
    let status: Mutex<SessionStatus>
    let replacement = Mutex<BrokerOptions?>(nil)

    init(options: BrokerOptions) {
        status = Mutex(
            SessionStatus(
                address: options.connection.address, receiveMaximum: options.connection.receiveMaximum,
                subscriptions: options.subscriptions))
    }
}

/// Carries the line into the thread that owns it from then on.
private final class LineBox: @unchecked Sendable {
    private var line: (any IntakeLine)?

    init(_ line: any IntakeLine) {
        self.line = line
    }

    func take() -> (any IntakeLine)? {
        defer { line = nil }
        return line
    }
}
