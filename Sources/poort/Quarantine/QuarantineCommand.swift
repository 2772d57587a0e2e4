import ArgumentParser
import Gateway
import Storage
import Telemetry

struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "See why messages were put aside, and send them through again once the cause is mended.",
        discussion: """
            A message that cannot be read, or not wholly, is kept, with what tells of people masked (Docs/privacy.md), and \
            never lost while one learns. Nothing \
            leaves the quarantine by itself but when it is full ([storage] quarantine_limit): then the oldest go, counted.

            Example: after adding a device, see what its messages would give, then take them in
              poort quarantine list --capture | poort check --capture -
              systemctl reload poort && poort quarantine replay --reason unknown_device
            """,
        subcommands: [QuarantineList.self, QuarantineShow.self, QuarantineReplay.self, QuarantineDrop.self])
}

/// Which messages a command is about.
struct QuarantineFilter: ParsableArguments {
    @Option(help: "Only those put aside for this reason, such as unknown_device.")
    var reason: String?

    @Option(help: "Only those of this source; '' for topics that no source matches.")
    var source: String?

    var selection: QuarantineSelection { QuarantineSelection(reason: reason, source: source) }

    func validate() throws {
        guard let reason, RejectionReason(rawValue: reason) == nil else { return }
        let known = RejectionReason.allCases.filter { $0.disposition == .quarantined }.map(\.rawValue)
        throw ValidationError("there is no reason \(reason); these are: \(known.joined(separator: ", "))")
    }
}

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

struct QuarantineShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a quarantined message: what is wrong with it, and every byte that is kept of it.",
        discussion: """
            Works with the daemon running or not. --payload writes the payload alone, byte for byte.

            Exit code 0, or 1 when there is no message of that number.

            Example:
              poort quarantine show 17
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The message's number, as in the list.")
    var number: Int64

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Write the payload alone, as it is kept.")
    var payload = false

    func run() throws {
        let reader = try location.openReader()
        guard let held = try reader.heldMessages(QuarantineSelection(ids: [number]), limit: 1).first else {
            StandardError.write(
                "poort: there is no message \(number) in quarantine; poort quarantine list shows them\n")
            throw ExitCode(CommandFailure.problem)
        }
        if payload {
            var output = OutputBuffer()
            output.write(bytes: held.message.payload)
            output.flush()
        } else if json {
            OutputBuffer.show(held.json.finished)
        } else {
            OutputBuffer.show(lines(held))
        }
    }

    private func lines(_ held: HeldMessage) -> [String] {
        let message = held.message
        var rows = [
            ["number", String(held.id)], ["received", received(message)],
            ["source", message.source.isEmpty ? "(no source)" : message.source], ["topic", message.topicText],
            ["reason", message.rejection.reason.rawValue], ["detail", message.rejection.detail],
            ["configuration", held.configuration], ["payload", Bytes.text(Int64(message.payload.count))],
        ]
        if message.rejection.readingCount > 0 {
            rows.insert(["readings", "\(message.rejection.readingCount) put aside"], at: 6)
        }
        return TextTable.aligned(rows, leftColumns: 2) + PayloadText.lines(message.payload)
    }

    private func received(_ message: QuarantinedMessage) -> String {
        guard message.boot != nil else { return "\(HumanTime.text(message.received)) (\(message.received))" }
        return "\(message.received.milliseconds / 1000) s after a boot, before its clock was right"
    }
}

extension HeldMessage {
    var captured: CapturedMessage {
        CapturedMessage(received: message.received, topic: message.topic, payload: message.payload)
    }

    /// As a capture's line, with what is known besides.
    var json: JSONLine {
        var line = JSONLine()
        line.add("number", Int(id))
        line.add("source", message.source)
        line.add("reason", message.rejection.reason.rawValue)
        line.add("detail", message.rejection.detail)
        line.add("readings", message.rejection.readingCount)
        line.add("configuration", configuration)
        captured.add(to: &line)
        if message.boot != nil { line.add("since_boot", true) }
        return line
    }
}

extension QuarantinedMessage {
    /// For a terminal. A reading that is kept by itself, as a conflict is, has no topic.
    var topicText: String { topic.isEmpty ? "–" : TerminalText.plain(String(decoding: topic, as: UTF8.self)) }
}
