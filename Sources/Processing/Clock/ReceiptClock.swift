public import Telemetry

/// The time of receipt: the gateway's clock, which goes slower for a while where that was set back by a little.
///
/// So readings without a time of their own keep their order and about their distances. A clock that was set back by more
/// was wrong before: it is followed at once.
public struct ReceiptClock: Sendable {
    /// By how much a clock may be set back, in milliseconds, without being followed at once.
    public static let greatestLead: Int64 = 60_000

    private var last: (time: Timestamp, monotonic: Int64)?
    /// What was read last before the clock was set back.
    private var slow: (from: Timestamp, monotonic: Int64)?

    public init() {}

    /// - Parameters:
    ///   - wall: the gateway's clock.
    ///   - monotonic: a clock that never steps, in milliseconds.
    public mutating func read(wall: Timestamp, monotonic: Int64) -> Timestamp {
        let time = slowed(wall: wall, monotonic: monotonic)
        last = (time, monotonic)
        return time
    }

    private mutating func slowed(wall: Timestamp, monotonic: Int64) -> Timestamp {
        guard let last else { return wall }
        if slow == nil, wall < last.time { slow = (from: last.time, monotonic: last.monotonic) }
        guard let start = slow else { return wall }
        let time = max(last.time, start.from + (monotonic - start.monotonic) / 2)
        if wall < time, last.time - wall <= ReceiptClock.greatestLead { return time }
        slow = nil
        return wall
    }
}
