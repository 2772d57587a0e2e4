public import GatewayConfiguration
public import Control
public import Storage
import Telemetry

/// What the database alone still tells, when the daemon does not run.
public enum OfflineStatus {
    /// How many of the newest readings are looked through for each series' last one.
    private static let readingsLookedThrough = 500_000

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
        let series = try reader.series()
        var missing = Dictionary(uniqueKeysWithValues: series.map { ($0.id, $0) })
        var looked = 0
        try reader.readings(in: .distantPast..<(.distantFuture), newestFirst: true) { row in
            looked += 1
            if let series = missing.removeValue(forKey: row.series) {
                report.sensors.append(
                    StatusReport.Sensor(
                        device: series.device, type: series.deviceType, quantity: series.quantity, unit: series.unit,
                        value: row.value, time: row.time.description, ageSeconds: Double(now - row.time) / 1000,
                        flag: Int(row.flag.rawValue), isLate: nil))
            }
            return !missing.isEmpty && looked < readingsLookedThrough
        }
        report.sensors.sort { ($0.device, $0.quantity) < ($1.device, $1.quantity) }
        return report
    }
}
