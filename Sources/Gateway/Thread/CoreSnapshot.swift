import Processing
import Storage
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
