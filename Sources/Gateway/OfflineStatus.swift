public import GatewayConfiguration
public import Control
public import Storage
import Telemetry

/// What the database alone still tells, when the daemon does not run.
public enum OfflineStatus {
    public static func read(
        configurationPath: String, configuration: Configuration
    ) throws(StorageError) -> StatusReport {
        let reader = try StoreReader(path: configuration.storage.path)
        let now = Timestamp.now()
        var report = StatusReport(
            gateway: configuration.gateway.name, version: GatewayVersion.number, isRunning: false,
            now: now.description,
            configuration: .init(path: configurationPath, fingerprint: configuration.fingerprint),
            storage: DiskUse(path: configuration.storage.path).storageStatus(databaseBytes: try reader.sizeBytes()),
            ledger: StatusReport.Ledger(try reader.ledger()))
        report.space = StatusReport.Space(try SpaceSnapshot(reader, Wiring(configuration).coreSettings.quota))
        report.storage.damagedFiles = SetAside(path: configuration.storage.path).files
        report.storage.lostReadings = try reader.lostReadings()
        report.sensors = SensorView.report(
            try SensorView.remembered(
                reader, now: now, rawRetentionMilliseconds: configuration.storage.rawRetention), now: now)
        report.partners = PartnerView.report(
            try reader.partnerLedgers(), configured: configuration.partners, now: now,
            lastDeliveries: try reader.partners())
        return report
    }
}
