import ArgumentParser
import Storage
import Telemetry

struct PartnersRefused: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refused",
        abstract: "List the windows that a partner's server did not take, with its own words.",
        discussion: """
            Works with the daemon running or not. The newest 10 000 are kept; all are counted (poort ledger). A window \
            that is refused holds up no other; its next correction is sent again.

            Exit code 0, also when there are none.

            Example:
              poort partners refused rova --json | jq -r .reason | sort | uniq -c
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The partner's name; all when it is left out.")
    var name: String?

    @Option(help: "How many to list, the newest first.")
    var last = 20

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        guard last >= 0 else { throw ValidationError("--last is a number of windows") }
    }

    func run() throws {
        let reader = try location.openReader()
        let refusals = try reader.refusals(of: name, limit: last)
        let series = Dictionary(try reader.series().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        if json {
            for refusal in refusals { OutputBuffer.show(line(refusal, series[refusal.series]).finished) }
            return
        }
        guard !refusals.isEmpty else {
            OutputBuffer.show("no window was refused\(name.map { " by \($0)" } ?? "")")
            return
        }
        let rows = refusals.map { refusal in
            [
                refusal.partner, HumanTime.text(refusal.time), series[refusal.series]?.device ?? "–",
                series[refusal.series]?.quantity ?? "–", refusal.tier.name, HumanTime.text(refusal.start),
                String(refusal.revision), refusal.reason,
            ].map(TerminalText.plain)
        }
        let headings = ["partner", "refused", "device", "quantity", "tier", "window", "revision", "because"]
        let lines = TextTable.wrappingLast(
            [headings] + rows, leftColumns: [0, 1, 2, 3, 4, 5, 7], columns: Terminal.size?.columns)
        OutputBuffer.show(lines.first.map { $0.map(Emphasis.quiet.applied) } ?? [])
        for row in lines.dropFirst() { OutputBuffer.show(row) }
    }

    private func line(_ refusal: StoreReader.Refusal, _ series: StoreReader.SeriesRow?) -> JSONLine {
        var line = JSONLine()
        line.add("partner", refusal.partner)
        line.add("time", refusal.time)
        line.add("device", series?.device)
        line.add("quantity", series?.quantity)
        line.add("unit", series?.unit)
        line.add("tier", refusal.tier.name)
        line.add("start", refusal.start)
        line.add("revision", refusal.revision)
        line.add("reason", refusal.reason)
        return line
    }
}
