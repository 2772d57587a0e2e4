public import GatewayConfiguration
import Processing
public import Storage
public import Telemetry

/// What is derived from the readings of a site, by the rules in Docs/figures.md. Of what is stored, and of nothing else.
public struct SiteFigures: Sendable {
    public let site: Site
    public let range: Range<Timestamp>
    public let air: AirFigures?
    /// One for each counter.
    public let traffic: [TrafficFigures]
    /// One for each container.
    public let containers: [ContainerFigures]

    public var isEmpty: Bool { air == nil && traffic.isEmpty && containers.isEmpty }

    /// The figures of several sites, in their order.
    /// - Parameters:
    ///   - range: hours that begin in it.
    ///   - now: by which forecasts are made; the range ends there at the latest.
    ///   - threshold: of containers, in place of what is configured, in per cent.
    public static func all(
        _ reader: StoreReader, sites: [Site], range: Range<Timestamp>, now: Timestamp, configuration: Configuration?,
        threshold: Double? = nil
    ) throws(StorageError) -> [SiteFigures] {
        let closedUntil = min(
            now, try reader.state(Core.closedUntilState).map { Timestamp(milliseconds: $0) } ?? now)
        let devices = Dictionary(
            (configuration?.deviceList ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let levels = sites.flatMap(\.series).filter(ContainerFigures.isLevel).map(\.id)
        let recent = try recentLevels(reader, of: levels, in: (closedUntil - recentMilliseconds)..<(now + 1))
        return try sites.map { site throws(StorageError) in
            let air = try AirFigures(reader, site: site, range: range, closedUntil: closedUntil)
            var traffic: [TrafficFigures] = []
            for device in site.devices {
                let figures = try TrafficFigures(
                    reader, device: device, series: site.series.filter { $0.device == device }, range: range,
                    closedUntil: closedUntil, singleSpeeds: devices[device]?.speeds.map { $0 == .vehicles })
                if let figures { traffic.append(figures) }
            }
            let containers = try site.series.filter(ContainerFigures.isLevel).map { series throws(StorageError) in
                try ContainerFigures(
                    reader, series: series, range: range, now: now, recent: recent[series.id] ?? [],
                    threshold: threshold ?? devices[series.device]?.fillThreshold ?? Configuration.usualFillThreshold)
            }
            return SiteFigures(site: site, range: range, air: air, traffic: traffic, containers: containers)
        }
    }

    private init(
        site: Site, range: Range<Timestamp>, air: AirFigures?, traffic: [TrafficFigures],
        containers: [ContainerFigures]
    ) {
        self.site = site
        self.range = range
        self.air = air
        self.traffic = traffic
        self.containers = containers
    }

    /// Quarters that are closed hold what is older.
    private static let recentMilliseconds: Int64 = 3_600_000

    private static func recentLevels(
        _ reader: StoreReader, of series: [SeriesID], in range: Range<Timestamp>
    ) throws(StorageError) -> [SeriesID: [FillReading]] {
        guard !series.isEmpty, range.lowerBound < range.upperBound else { return [:] }
        var found: [SeriesID: [FillReading]] = [:]
        try reader.readings(in: range, of: series) { row in
            if row.flag.isUsable {
                found[row.series, default: []].append(FillReading(time: row.time, level: row.value))
            }
            return true
        }
        return found
    }
}
