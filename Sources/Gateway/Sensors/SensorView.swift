import Control
import Storage
import Telemetry

/// The last reading of each sensor, as the status report shows it.
enum SensorView {
    /// How far back a silent sensor is still shown, where raw readings are kept for ever.
    private static let longestSilenceMilliseconds: Int64 = 30 * 86_400_000

    /// What the file knows, for sensors that have not sent since the start.
    static func remembered(
        _ reader: StoreReader, now: Timestamp, rawRetentionMilliseconds: Int64?
    ) throws(StorageError) -> [SensorSnapshot] {
        let range = (now - (rawRetentionMilliseconds ?? longestSilenceMilliseconds))..<(.distantFuture)
        let series = Dictionary(uniqueKeysWithValues: try reader.series().map { ($0.id, $0) })
        return try reader.lastReadings(in: range).compactMap { row in
            guard let series = series[row.series] else { return nil }
            return SensorSnapshot(
                device: series.device, deviceType: series.deviceType, quantity: series.quantity, unit: series.unit,
                value: row.value, time: row.time, flag: row.flag, storedCount: 0,
                intervalMilliseconds: series.intervalMilliseconds)
        }
    }

    /// - Returns: rows ordered by device and quantity.
    static func report(_ sensors: [SensorSnapshot], now: Timestamp) -> [StatusReport.Sensor] {
        sensors.map { sensor in
            let age = now - sensor.time
            return StatusReport.Sensor(
                device: sensor.device, type: sensor.deviceType, quantity: sensor.quantity, unit: sensor.unit,
                value: sensor.value, time: sensor.time.description, ageSeconds: Double(age) / 1000,
                flag: Int(sensor.flag.rawValue), isLate: sensor.intervalMilliseconds.map { age > $0 * 3 })
        }.sorted { ($0.device, $0.quantity) < ($1.device, $1.quantity) }
    }
}
