import Telemetry

/// How long commits took.
struct CommitTimes: Sendable {
    /// From so many milliseconds on a disk is slow: an SD card may take a second now and then to make room.
    static let slow: Int64 = 2000

    private(set) var last: (at: Timestamp, milliseconds: Double)?
    /// The slowest of those that were slow, since the start.
    private(set) var slowest: (at: Timestamp, milliseconds: Double)?
    private(set) var slowCount = 0
    /// How many have been slow one after another.
    private(set) var slowRun = 0

    enum Change {
        case becameSlow
        case becameQuick(after: Int)
    }

    mutating func note(milliseconds: Double, at now: Timestamp) -> Change? {
        last = (now, milliseconds)
        guard milliseconds >= Double(CommitTimes.slow) else {
            defer { slowRun = 0 }
            return slowRun > 0 ? .becameQuick(after: slowRun) : nil
        }
        slowCount += 1
        slowRun += 1
        if milliseconds > slowest?.milliseconds ?? 0 { slowest = (now, milliseconds) }
        return slowRun == 1 ? .becameSlow : nil
    }
}
