import Synchronization
import Threading

/// Wakes the core when there is work, at the price of an atomic exchange while it is awake.
final class WakeUp: Sendable {
    private let isAsleep = Atomic<Bool>(false)
    private let signal = Signal()

    /// Any thread, after the work was made visible.
    func wake() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { signal.raise() }
    }

    /// The core's thread: says that it is about to sleep. Look for work once more after this, so that no wake-up falls
    /// between; then ``sleep(milliseconds:)`` or ``stayAwake()``.
    func announceSleep() {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
    }

    func stayAwake() {
        isAsleep.store(false, ordering: .sequentiallyConsistent)
    }

    /// Sleeps until woken or the time is over.
    func sleep(milliseconds: Int32) {
        signal.wait(milliseconds: milliseconds)
        stayAwake()
    }
}
