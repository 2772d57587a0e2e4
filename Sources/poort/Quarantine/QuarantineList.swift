import ArgumentParser
import Gateway
import Storage
import Telemetry

struct QuarantineList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List quarantined messages, the latest last, and count them by reason.",
        discussion: """
            Works with the daemon running or not. Exit code 0, also when there are none.

            Example:
              poort quarantine list --reason unknown_device --last 5
            """)

    @OptionGroup var location: DatabaseLocation
    @OptionGroup var filter: QuarantineFilter

    @Option(help: "How many to list; by default 20 in the table, and all with --json and --capture.")
    var last: Int?

    @Flag(help: "Print one JSON object a line for every message, the payload included.")
    var json = false

    @Flag(help: "Print every message as a capture, for poort check --capture and poort replay.")
    var capture = false

    func validate() throws {
        guard last ?? 0 >= 0 else { throw ValidationError("--last is a number of messages") }
        if json, capture { throw ValidationError("give --json or --capture, not both") }
    }

    func run() throws {
        let reader = try location.openReader()
        if json || capture {
            try writeAll(reader)
            return
        }
        let counts = try reader.quarantineCounts(filter.selection)
        guard !counts.isEmpty else {
            OutputBuffer.show(
                "no message is in quarantine" + (filter.selection == QuarantineSelection() ? "" : " that fits"))
            return
        }
        let count = last ?? 20
        let shown = try reader.heldMessages(reader.latest(count, of: filter.selection), limit: count)
        OutputBuffer.show(lines(counts, shown: shown))
    }

    private func writeAll(_ reader: StoreReader) throws {
        let selection = try last.map { try reader.latest($0, of: filter.selection) } ?? filter.selection
        var output = OutputBuffer()
        try reader.forEachHeldMessage(selection) { held in
            // Some hold a reading: there is no message that could be looked at again.
            if !capture {
                output.write(line: held.json.finished)
            } else if held.isReplayable {
                output.write(line: held.captured.line.finished)
            }
            return !Interruption.hasCome
        }
        output.flush()
    }

    private func lines(_ counts: [StoreReader.QuarantineCount], shown: [HeldMessage]) -> [String] {
        let now = Timestamp.now()
        let rows = shown.map { held in
            [
                String(held.id),
                held.message.boot == nil ? Age.text(seconds: Double(now - held.message.received) / 1000) : "–",
                held.message.rejection.reason.rawValue,
                held.message.topicText, Bytes.text(Int64(held.message.payload.count)), held.message.rejection.detail,
            ]
        }
        let table = TextTable.aligned(
            [["number", "age", "reason", "topic", "size", "what is wrong"]] + rows, leftColumns: [2, 3, 5],
            columns: Terminal.size?.columns)
        let total = counts.reduce(0) { $0 + $1.count }
        let bytes = counts.reduce(0) { $0 + $1.bytes }
        var lines = rows.isEmpty ? [] : [Emphasis.quiet.applied(to: table[0])] + table.dropFirst()
        let reasons = counts.map { "\($0.reason) \(Grouped.text($0.count))" }.joined(separator: ", ")
        lines.append(
            Emphasis.strong.applied(to: "\(Grouped.text(total)) in quarantine") + ", \(Bytes.text(bytes)): \(reasons)")
        if total > shown.count, !shown.isEmpty { lines[lines.count - 1] += " (the last \(shown.count) are listed)" }
        return lines
    }
}
