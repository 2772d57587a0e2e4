import GatewayConfiguration
import Storage
import Telemetry

/// Adds what the configuration says of a device to what the file says of its series.
struct SeriesFactsDirectory: Sendable {
    private let devices: [String: Configuration.DeviceSection]

    init(_ configuration: Configuration) {
        devices = Dictionary(configuration.deviceList.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func facts(of row: StoreReader.SeriesRow) -> SeriesFacts {
        let device = devices[row.device]
        func known(_ configured: String?, _ stored: String) -> String {
            configured.flatMap { $0.isEmpty ? nil : $0 } ?? stored
        }
        var facts = SeriesFacts(
            id: row.id, device: row.device, deviceType: known(device?.type, row.deviceType), quantity: row.quantity,
            unit: row.unit, kind: row.kind, neighbourhood: known(device?.neighbourhood, row.neighbourhood),
            site: known(device?.site, row.site), labels: device?.labels ?? [:], isPrivate: device?.isPrivate ?? false,
            isOfPassings: isOfPassings(row, device))
        if let latitude = device?.latitude, let longitude = device?.longitude {
            facts.location = (latitude, longitude)
        }
        return facts
    }

    /// As figures take it: without a word in the configuration, speeds are of single vehicles where no interval is expected.
    private func isOfPassings(_ row: StoreReader.SeriesRow, _ device: Configuration.DeviceSection?) -> Bool {
        guard row.quantity == "speed" else { return false }
        return (device?.speeds ?? (row.intervalMilliseconds == nil ? .vehicles : .means)) == .vehicles
    }
}
