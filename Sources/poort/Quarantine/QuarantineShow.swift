import ArgumentParser
import Storage
import Telemetry

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
