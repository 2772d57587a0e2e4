import Processing
import Storage
import Synchronization
import Telemetry

/// What the core shows of itself, at one moment.
struct CoreSnapshot: Sendable {
    var version = 0
    var figures = CoreFigures()
    var messagesPerSecond: (last10Seconds: Double, last5Minutes: Double) = (0, 0)
    var readingsPerSecond: (last10Seconds: Double, last5Minutes: Double) = (0, 0)
    var ledger: [SourceLedger] = []
    var partners: [PartnerLedger] = []
    var storedPartners: [StoredPartner] = []
    var sensors: [SensorSnapshot] = []
    var windowsWaiting = 0
    var closedUntil: Timestamp?
    /// Whether the gateway's clock is believed, and how it was set last.
    var clock: (verdict: ClockTrust.Verdict, lastStep: ClockTrust.Step?)?
    /// Readings that wait for it.
    var undated = 0
    var databaseBytes: Int64 = 0
    var space: SpaceSnapshot?
    var commits = CommitTimes()
    var wear: WearSnapshot?
    var nextRetention: Timestamp?
    /// How far the salvage of a damaged file has come, 0 to 1; nil when none is under way.
    var salvage: Double?
    /// With damaged files.
    var lostReadings = 0
    /// Why the store does not work, since when; nil while it does.
    var failure: (error: StorageError, since: Timestamp)?
}

struct SensorSnapshot: Sendable {
    var device: String
    var deviceType: String
    var quantity: String
    var unit: String
    var value: Double
    var time: Timestamp
    var flag: QualityFlag
    var storedCount: Int
    var intervalMilliseconds: Int64?
}

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
