/// Decides whether the daemon may say that it is alive: every thread must have had its turn lately.
struct Watchdog: Sendable {
    struct Heart: Sendable {
        var name: String
        /// The monotonic millisecond of the thread's last turn.
        var lastBeat: @Sendable () -> Int64
        /// How long a turn may take.
        var limitMilliseconds: Int64
    }

    var hearts: [Heart]

    /// The threads that are overdue.
    func overdue(at now: Int64) -> [String] {
        hearts.filter { now - $0.lastBeat() > $0.limitMilliseconds }.map(\.name)
    }
}
