import Synchronization

/// Hands the core's snapshot to whoever asks. Any thread.
final class SnapshotExchange: Sendable {
    private let latest = Mutex(CoreSnapshot())
    private let isWanted = Atomic<Bool>(true)
    private let wakeUp: WakeUp

    init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    /// The next snapshot that is finished, or the last one when the core is busy with the disk for more than a second.
    func fresh() async -> CoreSnapshot {
        let before = latest.withLock { $0.version }
        isWanted.store(true, ordering: .releasing)
        wakeUp.wake()
        for _ in 0..<100 {
            let now = latest.withLock { $0 }
            if now.version > before { return now }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return latest.withLock { $0 }
    }

    /// For the core: whether somebody asked since the last time.
    func takeRequest() -> Bool { isWanted.exchange(false, ordering: .acquiringAndReleasing) }

    func publish(_ snapshot: CoreSnapshot) {
        latest.withLock {
            let version = $0.version + 1
            $0 = snapshot
            $0.version = version
        }
    }
}
