import Synchronization
public import Telemetry

/// A clock that stands still until it is told otherwise. Any thread.
public final class ManualClock: Sendable {
    private let moment: Mutex<(wall: Timestamp, monotonic: Int64)>

    public init(_ start: Timestamp = Timestamp(milliseconds: 1_764_000_000_000), monotonicMilliseconds: Int64 = 0) {
        moment = Mutex((start, monotonicMilliseconds))
    }

    /// The time of day.
    public var now: Timestamp { moment.withLock { $0.wall } }

    /// Of the clock that never steps.
    public var monotonicMilliseconds: Int64 { moment.withLock { $0.monotonic } }

    public func advance(milliseconds: Int64) {
        precondition(milliseconds >= 0, "time goes on; to change the time of day, step the clock")
        moment.withLock { $0 = ($0.wall + milliseconds, $0.monotonic + milliseconds) }
    }

    /// Changes the time of day alone, as NTP or a technician does.
    public func step(to time: Timestamp) {
        moment.withLock { $0.wall = time }
    }
}
