import ArgumentParser
import Storage
import Telemetry

struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print stored readings or aggregates, one JSON object a line.",
        discussion: """
            Works with the daemon running or not. Times are RFC 3339; --last counts back from now.

            Example: the hourly PM2.5 of one station since yesterday
              poort query --device aq-0001 --quantity pm2_5 --tier 1h --last 24h
            """)

    @OptionGroup var location: DatabaseLocation

    @Option(help: "Only this device.")
    var device: String?

    @Option(help: "Only this quantity, such as pm2_5.")
    var quantity: String?

    @Option(help: "raw for readings; 1m, 15m, 1h or 1d for aggregates; all for everything.")
    var tier: String = "raw"

    @OptionGroup var open: OpenRange

    func validate() throws {
        if tier != "raw", tier != "all", Tier(name: tier) == nil {
            throw ValidationError("unknown tier \(tier): use raw, 1m, 15m, 1h, 1d or all")
        }
    }

    func run() throws {
        let reader = try location.openReader()
        let all = try reader.series()
        let wanted = all.filter { row in
            (device == nil || device == row.device) && (quantity == nil || quantity == row.quantity)
        }
        if wanted.isEmpty, device != nil || quantity != nil { throw unknownSeries(among: all) }
        var printer = SeriesPrinter(series: wanted)
        let range = open.range
        if tier == "raw" || tier == "all" {
            try reader.readings(in: range, of: printer.onlySeries.map { [$0] }) { row in
                printer.print(row)
                return true
            }
        }
        for tier in Tier.allCases where self.tier == tier.name || self.tier == "all" {
            try reader.aggregates(tier, in: range, series: printer.onlySeries) { row in
                printer.print(row)
                return true
            }
        }
        printer.output.flush()
        try reader.expectWhole()
    }

    private func unknownSeries(among all: [StoreReader.SeriesRow]) -> CommandFailure {
        let known = device.map { wanted in all.contains { $0.device == wanted } } ?? true
        return CommandFailure(
            known
                ? "no series of \(device ?? "any device") measures \(quantity ?? "anything")"
                : "no device \(device ?? "") has sent anything; poort status lists those that have",
            exitCode: 1)
    }
}

/// Prints rows of the series that are wanted.
private struct SeriesPrinter {
    var output = OutputBuffer()
    private let series: [SeriesID: StoreReader.SeriesRow]

    init(series: [StoreReader.SeriesRow]) {
        self.series = Dictionary(uniqueKeysWithValues: series.map { ($0.id, $0) })
    }

    /// Where there is one alone, so that the file is asked for nothing else.
    var onlySeries: SeriesID? { series.count == 1 ? series.keys.first : nil }

    mutating func print(_ row: StoreReader.ReadingRow) {
        guard let series = series[row.series] else { return }
        output.write(
            line: JSONLine.reading(
                device: series.device, quantity: series.quantity, unit: series.unit, time: row.time, value: row.value,
                flag: row.flag, tests: row.tests
            ).finished)
    }

    mutating func print(_ row: StoredAggregate) {
        guard let series = series[row.series] else { return }
        output.write(
            line: JSONLine.aggregate(
                device: series.device, quantity: series.quantity, unit: series.unit, aggregate: row.aggregate,
                revision: row.revision
            ).finished)
    }
}
