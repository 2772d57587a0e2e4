import ArgumentParser
import Gateway
import GatewayConfiguration
import Storage
import Telemetry

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the last day of a sensor: a chart of each quantity, its figures, and what is wrong with it.",
        discussion: """
            Works with the daemon running or not. Readings that quality control flags stand in the chart as ? (suspect) \
            and ! (fail), below it as well; where nothing was measured nothing is drawn. Counts are drawn by the hour or \
            quarter. Times are those of the gateway's time zone. A sensor that has been silent for longer is shown with \
            the last day that it sent. In a locale that is not UTF-8 charts are drawn in ASCII.

            Exit code 1 when no such device has sent anything.

            Example:
              poort show aq-0001
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The device, by its id or an alias.")
    var device: String

    @Flag(help: "Print what is drawn as one JSON object.")
    var json = false

    private static let day: Int64 = 86_400_000
    /// A reading may be a little ahead of the gateway's clock.
    private static let furthestAhead: Int64 = 600_000

    func run() throws {
        let (reader, configuration) = try location.openWithTimeZone()
        let now = Timestamp.now()
        let page = try reader.atOneMoment { () throws(StorageError) in
            Result { () throws(any Error) in try self.page(reader, configuration, now: now) }
        }.get()
        try LateWindows.warn(reader)
        if json {
            OutputBuffer.show(page.json.finished)
        } else {
            OutputBuffer.show(ASCIIText.shown(page.lines(columns: Terminal.size?.columns ?? 80)))
        }
        try reader.expectWhole()
    }

    /// The end of a minute, so that no more readings are expected than could have come. The running minute is left out
    /// unless it has all that there is.
    private static func end(first: Timestamp, last: Timestamp, isSilent: Bool, now: Timestamp) -> Timestamp {
        if isSilent { return Window(.minute, holding: last, days: .utc).end }
        let latest = Window(.minute, holding: min(max(now, last + 1), now + furthestAhead), days: .utc)
        return first < latest.start ? latest.start : latest.end
    }

    private func page(_ reader: StoreReader, _ configuration: Configuration?, now: Timestamp) throws -> DevicePage {
        let choice = try SeriesChoice(reader, configuration: configuration)
        let rows = try choice.device(device)
        let id = rows[0].device
        var latest: [SeriesID: StoreReader.ReadingRow] = [:]
        for row in try reader.lastReadings(in: .distantPast..<(.distantFuture)) { latest[row.series] = row }
        let last = rows.compactMap { latest[$0.id]?.time }.max() ?? now
        let isSilent = last < now - Show.day
        let first = rows.compactMap(\.firstTime).min() ?? last
        let end = Show.end(first: first, last: last, isSilent: isSilent, now: now)
        let begin = end - Show.day
        var stretches = try SeriesStretch.readings(reader, of: rows, in: begin..<end)
        for index in stretches.indices where SeriesChart.isOfBars(stretches[index].series.kind) {
            let interval = stretches[index].series.intervalMilliseconds ?? 0
            let isWide = (Terminal.size?.columns ?? 80) >= DevicePage.columnsOfQuarters && interval <= 900_000
            try stretches[index].load(isWide ? .quarter : .hour, from: reader)
        }
        let site = try Site.all(reader, configuration: configuration).first { $0.devices.contains(id) }
        // The air is the site's; what counts and fills is the device's own.
        let isAir = rows.contains { AirFigures.isAir($0.quantity) }
        let figures = try SiteFigures.all(
            reader, sites: site.map { [isAir ? $0 : $0.only(id)] } ?? [], range: begin..<end, now: now,
            configuration: configuration
        ).first
        return DevicePage(
            device: id, section: configuration?.deviceList.first { $0.id == id }, range: begin..<end,
            isSilent: isSilent, timezone: configuration?.gateway.timezone,
            series: stretches.map {
                SeriesReport(
                    stretch: $0, latest: LatestReading(series: $0.series, reading: latest[$0.series.id], now: now))
            }, figures: figures, now: now)
    }
}
