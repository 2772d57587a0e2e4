import Synchronization
import Threading

/// Whether the core's thread is at work on the disk, and since when. The core tells; any thread may ask.
///
/// A disk may block a thread for minutes, and nothing ends that: not a signal, not a restart. So the watchdog bears it
/// longer than a thread that hangs elsewhere.
final class DiskWatch: Sendable {
    enum Work: Int64 {
        case none
        /// What takes its time on a good disk as well: closing windows, retention.
        case upkeep
        /// Waiting for what was written to be durable.
        case commit
        case opening
    }

    /// What is under way, and the monotonic millisecond when it began.
    struct Position: Sendable, Equatable {
        var work = Work.none
        var since: Int64 = 0

        fileprivate init(bits: Int64) {
            work = Work(rawValue: bits & 3) ?? .none
            since = bits >> 2
        }

        init(work: Work = .none, since: Int64 = 0) {
            self.work = work
            self.since = since
        }

        fileprivate var bits: Int64 { since << 2 | work.rawValue }
    }

    private let bits = Atomic<Int64>(0)
    private let returned = Atomic<Int64>(0)

    /// - Returns: what it was at before, for ``leave(to:at:)``.
    func enter(_ work: Work, at now: Int64 = MonotonicClock.milliseconds()) -> Position {
        Position(bits: bits.exchange(Position(work: work, since: now).bits, ordering: .acquiringAndReleasing))
    }

    func leave(to before: Position, at now: Int64 = MonotonicClock.milliseconds()) {
        returned.store(now, ordering: .releasing)
        bits.store(before.bits, ordering: .releasing)
    }

    var position: Position { Position(bits: bits.load(ordering: .acquiring)) }

    /// When the disk last gave the core back.
    var lastReturn: Int64 { returned.load(ordering: .acquiring) }

    /// How long a commit has been under way where that is long; nil else. Opening a file may take its time.
    func slowMilliseconds(at now: Int64) -> Int64? {
        let position = position
        guard position.work == .commit, now - position.since >= CommitTimes.slow else { return nil }
        return now - position.since
    }
}
