import ArgumentParser
import Forwarding
import Gateway
import GatewayConfiguration
import Storage
import Telemetry

/// The partner that a command is about.
struct PartnerChoice {
    let partner: Configuration.PartnerSection

    /// - Throws: where the configuration has no such partner.
    init(_ name: String, in configuration: Configuration) throws {
        guard let partner = configuration.partners.first(where: { $0.name == name }) else {
            let known = configuration.partners.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                "there is no partner \(name); "
                    + (known.isEmpty ? "none is configured" : "the configuration has: \(known)"),
                exitCode: CommandFailure.problem)
        }
        self.partner = partner
    }
}

struct PartnersPreview: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract:
            "Print what the next batch for a partner would hold, as it would go over the line, without sending it.",
        discussion: """
            Works with the daemon running or not. Secrets are shown as dots. What the contract leaves out is counted at \
            the end, on standard error. --latest shows what a contract shares where nothing waits, or before the daemon \
            knows the partner: the latest window of each series and tier.

            Exit code 0, also when nothing waits; 1 when there is no such partner.

            Example:
              poort partners preview rova --rows 5
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The partner's name, as in the configuration.")
    var name: String

    @Option(help: "How many windows to show at most.")
    var rows = 20

    @Flag(help: "The latest windows that it would get, in place of those that wait.")
    var latest = false

    func validate() throws {
        guard (1...10_000).contains(rows) else { throw ValidationError("--rows is a number from 1 to 10000") }
    }

    func run() throws {
        let configuration = try location.configuration.loadWithTimeZone()
        let partner = try PartnerChoice(name, in: configuration).partner
        let reader = try location.openReader()
        let preview: PartnerPreview
        do {
            preview = try PartnerPreview(
                of: partner, configuration: configuration, reader: reader, showsLatest: latest, mostRows: rows)
        } catch {
            throw CommandFailure("cannot make a preview for \(name): \(error)", exitCode: CommandFailure.problem)
        }
        var lines = preview.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        OutputBuffer.show(lines)
        StandardError.write(summary(preview) + "\n")
    }

    private func summary(_ preview: PartnerPreview) -> String {
        let batch = preview.batch
        var parts = [
            "\(batch.rows.count) \(batch.rows.count == 1 ? "row" : "rows"), of the first \(batch.changeCount) "
                + (latest ? "latest windows" : "changes that wait")
        ]
        if batch.changeCount == 0, !latest { parts.append("--latest shows what the contract shares") }
        for outcome in DeliveryOutcome.allCases where batch.left[outcome] > 0 {
            parts.append("\(batch.left[outcome]) \(outcome.words)")
        }
        if let due = batch.nextDue { parts.append("the next may go at \(due)") }
        return parts.joined(separator: ", ")
    }
}

extension DeliveryOutcome {
    /// As in "3 …".
    var words: String {
        switch self {
        case .delivered: "delivered"
        case .refused: "refused"
        case .outside: "outside the contract"
        case .withheld: "withheld, since they count few"
        case .replaced: "replaced by a newer revision"
        case .expired: "gone"
        }
    }
}
