import ArgumentParser
import Telemetry

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
