import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a flag, for commands that run until they are told to stop.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// From now on the signals set the flag instead of ending the program.
    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        }
    }

    static var hasCome: Bool { flag.load(ordering: .relaxed) }

    /// Sleeps for that long, or until a signal comes.
    static func sleep(milliseconds: Int64) {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while !hasCome, ContinuousClock.now < deadline { usleep(20_000) }
    }
}
