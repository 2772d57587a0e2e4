import ArgumentParser
import Control
import Storage
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

struct QuarantineDrop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Remove quarantined messages for good. They stay counted as quarantined in the ledger.",
        discussion: """
            Needs the running daemon, which owns the database.

            Exit code 0, or 69 without a daemon.

            Example:
              poort quarantine drop --reason undecodable
            """)

    @OptionGroup var work: QuarantineWork

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let outcome = try work.carryOut(.drop)
        if json {
            OutputBuffer.show(String(decoding: try StatusCoding.encode(outcome), as: UTF8.self))
        } else {
            OutputBuffer.show("\(Grouped.text(outcome.dropped)) removed from quarantine")
        }
    }
}

/// What the daemon is asked to work on, part by part.
struct QuarantineWork: ParsableArguments {
    @OptionGroup var location: DaemonLocation
    @OptionGroup var filter: QuarantineFilter

    @Argument(help: "Numbers of messages, as in the list.")
    var numbers: [Int64] = []

    @Flag(help: "All messages.")
    var all = false

    func validate() throws {
        let isSelected = !numbers.isEmpty || filter.selection != QuarantineSelection()
        if all, isSelected { throw ValidationError("--all and a selection exclude each other") }
        if !all, !isSelected {
            throw ValidationError("say which messages: their numbers, --reason, --source, or --all")
        }
    }

    /// The last number of a quarantine of ten thousand is sent as text, so that this is well within the daemon's limit.
    private static let numbersInOneRequest = 10_000

    func carryOut(_ action: QuarantineAction) throws -> QuarantineOutcome {
        let client = try location.client()
        var progress = ProgressLine()
        defer { progress.finish() }
        var total = QuarantineOutcome()
        Interruption.watch()
        if numbers.isEmpty {
            try carryOut(action, filter.selection, client, &total, &progress)
        } else {
            let numbers = numbers.sorted()
            for start in stride(from: 0, to: numbers.count, by: QuarantineWork.numbersInOneRequest) {
                var selection = filter.selection
                selection.ids = Array(numbers[start...].prefix(QuarantineWork.numbersInOneRequest))
                try carryOut(action, selection, client, &total, &progress)
            }
        }
        return total
    }

    private func carryOut(
        _ action: QuarantineAction, _ selection: QuarantineSelection, _ client: ControlClient,
        _ total: inout QuarantineOutcome, _ progress: inout ProgressLine
    ) throws {
        var selection = selection
        repeat {
            let part = try client.quarantine(action, selection)
            total.add(part)
            let done = total.stored + total.duplicate + total.rejected + total.quarantined + total.dropped
            progress.show("\(Grouped.text(done)) messages; Ctrl-C ends between two parts")
            selection.after = part.continueAfter
        } while selection.after != nil && !Interruption.hasCome
    }
}
