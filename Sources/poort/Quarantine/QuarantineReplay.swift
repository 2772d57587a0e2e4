import ArgumentParser
import Control
import Telemetry

struct QuarantineReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send quarantined messages through again, as the configuration in force reads them.",
        discussion: """
            The running daemon decodes each message anew, with the time at which it first came. What is stored leaves the \
            quarantine in the same transaction, so that nothing is stored twice or lost, whatever happens meanwhile; \
            what is still wrong stays, under its number. The ledger counts each message where it is now. \
            After a change of the configuration, reload the daemon first.

            Exit code 0 when all of them went through, 1 when some were put aside again, 69 without a daemon.

            Example:
              poort quarantine replay --reason unknown_device
            """)

    @OptionGroup var work: QuarantineWork

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let outcome = try work.carryOut(.replay)
        if json {
            OutputBuffer.show(String(decoding: try StatusCoding.encode(outcome), as: UTF8.self))
        } else {
            OutputBuffer.show(text(outcome))
        }
        if outcome.quarantined > 0 { throw ExitCode(CommandFailure.problem) }
    }

    private func text(_ outcome: QuarantineOutcome) -> String {
        var parts = [
            ("stored", outcome.stored), ("there already", outcome.duplicate), ("let go by rule", outcome.rejected),
        ].filter { $0.1 > 0 }.map { "\(Grouped.text($0.1)) \($0.0)" }
        if outcome.quarantined > 0 {
            let again = "\(Grouped.text(outcome.quarantined)) put aside again"
            parts.append(Emphasis.warning.applied(to: again) + ": see poort quarantine list; is the daemon reloaded?")
        }
        if outcome.skipped > 0 {
            parts.append("\(Grouped.text(outcome.skipped)) left, which hold a reading and no message")
        }
        return parts.isEmpty ? "no message in quarantine fits" : parts.joined(separator: ", ")
    }
}
