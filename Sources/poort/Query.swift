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

    @Option(help: "From this time on (RFC 3339).", transform: time)
    var from: Timestamp?

    @Option(help: "Before this time (RFC 3339).", transform: time)
    var to: Timestamp?

    @Option(help: "From so long ago until now: 90s, 30m, 24h, 7d.", transform: DurationText.milliseconds)
    var last: Int64?

    func validate() throws {
        if tier != "raw", tier != "all", Tier(name: tier) == nil {
            throw ValidationError("unknown tier \(tier): use raw, 1m, 15m, 1h, 1d or all")
        }
        if last != nil, from != nil || to != nil {
            throw ValidationError("--last goes without --from and --to")
        }
    }

    func run() throws {
        let reader = try location.openReader()
        let range = (last.map { Timestamp.now() - $0 } ?? from ?? .distantPast)..<(to ?? .distantFuture)
        let all = try reading(reader) { try $0.series() }
        let wanted = all.filter { (device ?? $0.device) == $0.device && (quantity ?? $0.quantity) == $0.quantity }
        if wanted.isEmpty, device != nil || quantity != nil { throw unknownSeries(among: all) }
        let byID = Dictionary(uniqueKeysWithValues: wanted.map { ($0.id, $0) })
        let only = wanted.count == 1 ? wanted.first?.id : nil
        var output = OutputBuffer()
        if tier == "raw" || tier == "all" {
            try reading(reader) { reader in
                try reader.readings(in: range, series: only) { row in
                    guard let series = byID[row.series] else { return true }
                    output.write(
                        line: JSONLine.reading(
                            device: series.device, quantity: series.quantity, unit: series.unit, time: row.time,
                            value: row.value, flag: row.flag, tests: row.tests
                        ).finished)
                    return true
                }
            }
        }
        for tier in Tier.allCases where self.tier == tier.name || self.tier == "all" {
            try reading(reader) { reader in
                try reader.aggregates(tier, in: range, series: only) { stored in
                    guard let series = byID[stored.series] else { return true }
                    output.write(
                        line: JSONLine.aggregate(
                            device: series.device, quantity: series.quantity, unit: series.unit,
                            aggregate: stored.aggregate, revision: stored.revision
                        ).finished)
                    return true
                }
            }
        }
        output.flush()
    }

    private func unknownSeries(among all: [StoreReader.SeriesRow]) -> CommandFailure {
        let known = device.map { wanted in all.contains { $0.device == wanted } } ?? true
        return CommandFailure(
            known
                ? "no series of \(device ?? "any device") measures \(quantity ?? "anything")"
                : "no device \(device ?? "") has sent anything; poort status lists those that have",
            exitCode: 1)
    }

    private static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("\(text) is not a time such as 2026-11-23T10:00:00Z")
        }
        return time
    }
}
