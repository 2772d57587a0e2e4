import Ingest
import Synchronization
import Telemetry
import Threading

/// What the core tells the broker thread: how far it has committed, whether the store works, and how long batches are to
/// wait; and what it hears of the broker's window. Any thread.
final class IntakeState: Sendable {
    private let committed = Atomic<UInt64>(0)
    private let failures = Atomic<UInt64>(0)
    private let isReady = Atomic<Bool>(false)
    /// In milliseconds; 0 where it is as configured.
    let commitInterval = Atomic<Int64>(0)
    /// Messages; 0 while nothing is known of it.
    let window = Atomic<Int>(0)
    private let earliestReading = Atomic<Int64>(Timestamp.distantPast.milliseconds)
    /// Raised on every change.
    let signal = Signal()

    var status: IntakeStatus {
        IntakeStatus(
            committed: committed.load(ordering: .acquiring), failures: failures.load(ordering: .acquiring),
            isStorageReady: isReady.load(ordering: .acquiring),
            commitIntervalMilliseconds: commitInterval.load(ordering: .relaxed))
    }

    /// Readings that are older are not let in, since others of their time went for the quota.
    var rawFloor: Timestamp { Timestamp(milliseconds: earliestReading.load(ordering: .relaxed)) }

    func raiseFloor(to time: Timestamp) {
        earliestReading.store(time.milliseconds, ordering: .relaxed)
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
