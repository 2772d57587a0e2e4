import ArgumentParser
import Gateway
import GatewayConfiguration
import Storage
import Telemetry

struct Figures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show what follows from the readings: air quality indexes, who passed and how fast, when bins are full.",
        discussion: """
            Works with the daemon running or not. Without a name it shows each site in a line, with the latest hour of its \
            air; with the name of a site or a device all that there is of it, hour by hour. Devices with the same `site` in \
            the configuration are one site; others are one by themselves. Docs/figures.md has the rules. Times are those \
            of the gateway's time zone.

            Exit code 1 when no such site or device has sent anything.

            Example: which bins will be full tomorrow?
              poort figures --json | jq -c '.containers[] | select(.forecast != "insufficient_data")'
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "A site or a device; all sites when not given.")
    var name: String?

    @OptionGroup var rangeOptions: RangeOptions

    @Option(
        help: "At which level a bin is full, in per cent; the configuration's fill_threshold, or 80, when not given.")
    var threshold: Double?

    @Flag(help: "Print one JSON object for each site, a line each.")
    var json = false

    func validate() throws {
        if let threshold, !(threshold >= 1 && threshold <= 100) {
            throw ValidationError("--threshold \(threshold): it is a level in per cent, from 1 to 100")
        }
    }

    func run() throws {
        let (reader, configuration) = try location.openWithTimeZone()
        let now = Timestamp.now()
        let range = try rangeOptions.range(now: now)
        let sites = try self.sites(reader, configuration)
        let all = try reader.atOneMoment { () throws(StorageError) in
            try SiteFigures.all(
                reader, sites: sites, range: range, now: now, configuration: configuration, threshold: threshold)
        }
        try LateWindows.warn(reader)
        if json {
            OutputBuffer.show(all.map { FiguresJSON($0).line.finished })
            return try reader.expectWhole()
        }
        let columns = Terminal.size?.columns
        if name != nil {
            OutputBuffer.show(ASCIIText.shown(all.flatMap { SiteReport($0, now: now).lines(columns: columns) }))
        } else {
            OutputBuffer.show(ASCIIText.shown(SitesReport(sites: all).lines(columns: columns)))
        }
        try reader.expectWhole()
    }

    private func sites(_ reader: StoreReader, _ configuration: Configuration?) throws -> [Site] {
        let sites = try Site.all(reader, configuration: configuration)
        guard let name else { return sites }
        if let site = sites.first(where: { $0.name == name }) { return [site] }
        let choice = try SeriesChoice(reader, configuration: configuration)
        let id = choice.deviceID(name)
        guard let site = sites.first(where: { $0.devices.contains(id) }) else {
            throw choice.unknownDevice(name, sites: sites.map(\.name))
        }
        return [site.only(id)]
    }
}
