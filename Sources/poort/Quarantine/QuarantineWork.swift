import ArgumentParser
import Control
import Storage
import Telemetry

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

    /// For a question: which messages these are.
    var description: String {
        let kind = filter.reason.map { " put aside as \($0)" } ?? ""
        let origin = filter.source.map { $0.isEmpty ? " of topics that no source matches" : " of source \($0)" } ?? ""
        return "all messages in quarantine\(origin)\(kind)"
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
