public import GatewayConfiguration
public import Storage

/// Devices at one place, whose figures belong together. A device without a `site` is one by itself.
public struct Site: Hashable, Sendable {
    /// The configuration's `site`, or the device's name.
    public let name: String
    /// Ascending.
    public let devices: [String]
    /// Of its devices, ordered by device and quantity.
    public let series: [StoreReader.SeriesRow]

    /// Every site of which the file has readings, ordered by name.
    /// - Parameter configuration: nil where none is at hand; each device is a site then.
    public static func all(
        _ reader: StoreReader, configuration: Configuration?
    ) throws(StorageError) -> [Site] {
        let named = Dictionary(
            (configuration?.deviceList ?? []).map { ($0.id, $0.site) }, uniquingKeysWith: { first, _ in first })
        let bySite = Dictionary(grouping: try reader.series()) { row in
            named[row.device].flatMap { $0.isEmpty ? nil : $0 } ?? row.device
        }
        return bySite.map { name, series in
            Site(name: name, devices: Array(Set(series.map(\.device))).sorted(), series: series)
        }.sorted { $0.name < $1.name }
    }

    /// The same place with one of its devices alone.
    public func only(_ device: String) -> Site {
        Site(name: name, devices: [device], series: series.filter { $0.device == device })
    }
}
