import ArgumentParser
import Gateway
import GatewayConfiguration
import Storage
import Telemetry

struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw one quantity of a device over any stretch of time, from readings or from aggregates.",
        discussion: """
            Works with the daemon running or not. Of windows the line is the mean and the shade reaches from the lowest to \
            the highest reading; counts are bars. Marks: ? suspect, ! fail, ~ a window of which too little is there to be \
            valid. Without --tier the finest that fits is drawn: readings for two days at most. Times are those of the \
            gateway's time zone. In a locale that is not UTF-8 charts are drawn in ASCII.

            Exit code 1 when there is no such device or quantity.

            Example: a month of PM2.5 by the hour
              poort plot aq-0001 pm2_5 --last 30d --tier 1h
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The device, by its id or an alias.")
    var device: String

    @Argument(help: "The quantity, such as pm2_5.")
    var quantity: String

    @OptionGroup var rangeOptions: RangeOptions

    @Option(help: "raw for readings; 1m, 15m, 1h or 1d for aggregates.")
    var tier: String?

    @Flag(help: "Print what is drawn as one JSON object.")
    var json = false

    func validate() throws {
        if let tier, tier != "raw", Tier(name: tier) == nil {
            throw ValidationError("unknown tier \(tier): use raw, 1m, 15m, 1h or 1d")
        }
    }

    func run() throws {
        let (reader, configuration) = try location.openWithTimeZone()
        let now = Timestamp.now()
        let series = try SeriesChoice(reader, configuration: configuration).series(device, quantity)
        let asked = try rangeOptions.range(now: now)
        let columns = Terminal.size?.columns ?? 80
        let drawn = tier.map { Tier(name: $0) } ?? usualTier(of: series, in: asked, columns: columns)
        let stretch: SeriesStretch
        if let drawn {
            let begin = Window(drawn, holding: asked.lowerBound, days: .local).start
            let end = min(now, Window(drawn, holding: asked.upperBound - 1, days: .local).end)
            stretch = try SeriesStretch(reader, drawn, of: series, in: begin..<end)
        } else {
            let range = try rangeOptions.wholeRange(now: now)
            stretch = try SeriesStretch.readings(reader, of: [series], in: range)[0]
        }
        let latest = try reader.lastReadings(in: .distantPast..<(.distantFuture)).first { $0.series == series.id }
        let report = SeriesReport(
            stretch: stretch, latest: LatestReading(series: series, reading: latest, now: now))
        if drawn != nil { try LateWindows.warn(reader) }
        if json {
            OutputBuffer.show(json(report, timezone: configuration?.gateway.timezone).finished)
        } else {
            OutputBuffer.show(ASCIIText.shown(lines(report, columns: columns)))
        }
        try reader.expectWhole()
    }

    private static let day: Int64 = 86_400_000

    /// Readings for two days, of counts the finest tier whose windows have a column each; nil for readings. Up to ten
    /// windows in a column still make a line.
    private func usualTier(
        of series: StoreReader.SeriesRow, in range: Range<Timestamp>, columns: Int
    ) -> Tier? {
        let isOfBars = SeriesChart.isOfBars(series.kind)
        if !isOfBars, range.milliseconds <= 2 * Plot.day { return nil }
        let most = Int64(isOfBars ? max(1, columns - 10) : 10 * columns)
        return Tier.allCases.first { tier in
            let width = Int64(tier.rawValue) * 1000
            return range.milliseconds / width <= most && width >= series.intervalMilliseconds ?? 0
        } ?? .day
    }

    private func lines(_ report: SeriesReport, columns: Int) -> [String] {
        let stretch = report.stretch
        let chart = SeriesChart(stretch, columns: columns, height: height)
        let what = stretch.tier.map { "by \($0.name)" } ?? "readings"
        let heading =
            TextWrap.lines(
                of: "\(TerminalText.plain(stretch.series.device))  \(report.heading(chart))", columns: columns)
            + TextWrap.lines(of: "\(LocalTimeText.text(stretch.range)), \(what)", columns: columns)
        let facts = SeriesSummary(chart: chart).paragraph(width: columns)
        if let emptiness = report.emptiness { return heading + [emptiness] }
        let legend =
            chart.legend.isEmpty ? [] : TextWrap.lines(of: chart.legend.joined(separator: "  "), columns: columns)
        return heading + chart.lines.map(\.trimmedAtEnd) + facts + legend
    }

    /// Of the chart: what leaves room for the rest on a screen; odd, so that ticks lie evenly.
    private var height: Int {
        guard let rows = Terminal.size?.rows else { return 13 }
        return min(21, max(5, rows - 9)) | 1
    }

    private func json(_ report: SeriesReport, timezone: String?) -> JSONLine {
        var line = JSONLine()
        line.add("device", report.stretch.series.device)
        line.add("from", report.stretch.range.lowerBound)
        line.add("to", report.stretch.range.upperBound)
        line.add("timezone", timezone)
        report.add(to: &line)
        return line
    }
}
