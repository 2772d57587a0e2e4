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
    /// Since when the disk has been at work for the core, which the broker thread may wait for in turn; nil while it is
    /// not, and when it came back last.
    var disk: @Sendable () -> (busySince: Int64?, lastReturn: Int64) = { (nil, 0) }

    /// How long a disk may block: a restart does not make it faster, and what blocks there cannot be ended. After that
    /// one is tried all the same.
    static let diskLimitMilliseconds: Int64 = 300_000

    /// The threads that are overdue.
    func overdue(at now: Int64) -> [String] {
        let disk = disk()
        if let since = disk.busySince, now - since <= Watchdog.diskLimitMilliseconds { return [] }
        return hearts.filter { heart in
            now - max(heart.lastBeat(), disk.busySince == nil ? disk.lastReturn : 0) > heart.limitMilliseconds
        }.map(\.name)
    }
}
