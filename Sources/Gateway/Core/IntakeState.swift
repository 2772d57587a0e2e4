import Ingest
import Synchronization
import Threading

/// What the core tells the broker thread: how far it has committed, and whether the store works. Any thread.
final class IntakeState: Sendable {
    private let committed = Atomic<UInt64>(0)
    private let failures = Atomic<UInt64>(0)
    private let isReady = Atomic<Bool>(false)
    /// Raised on every change.
    let signal = Signal()

    var status: IntakeStatus {
        IntakeStatus(
            committed: committed.load(ordering: .acquiring), failures: failures.load(ordering: .acquiring),
            isStorageReady: isReady.load(ordering: .acquiring))
    }

    func didCommit(_ number: UInt64) {
        committed.store(number, ordering: .releasing)
        signal.raise()
    }

    func didFail() {
        isReady.store(false, ordering: .releasing)
        failures.wrappingAdd(1, ordering: .acquiringAndReleasing)
        signal.raise()
    }

    func didRecover() {
        isReady.store(true, ordering: .releasing)
        signal.raise()
    }
}
