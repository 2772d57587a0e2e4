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
    ///
    /// An exchange and not a store: one that comes after a ``wake()`` reads what that wrote, and so sees the work that was
    /// made visible before it.
    func announceSleep() {
        _ = isAsleep.exchange(true, ordering: .sequentiallyConsistent)
    }

    func stayAwake() {
        _ = isAsleep.exchange(false, ordering: .sequentiallyConsistent)
    }

    /// Sleeps until woken, the time is over or a descriptor can be read.
    func sleep(milliseconds: Int32, or descriptor: Int32 = -1) {
        signal.wait(milliseconds: milliseconds, or: descriptor)
        stayAwake()
    }
}
