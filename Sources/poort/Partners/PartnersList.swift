import ArgumentParser
import Control
import Gateway
import Storage

struct PartnersList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show each partner: connected or not, how far behind, sent, refused, last error, next attempt.",
        discussion: """
            Asks the running daemon over its socket. When it does not run, says so and shows what the database tells.

            Exit code 0 when all are well, 1 when a partner cannot be reached or its account does not balance, 69 when the \
            daemon cannot be reached.

            Example:
              poort partners --json | jq '.partners[] | select(.pending > 1000)'
            """)

    @OptionGroup var location: DaemonLocation

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        do {
            let report = try location.client().status()
            try show(report)
            if report.partners.contains(where: { $0.failure != nil || !$0.balanced }) {
                throw ExitCode(CommandFailure.problem)
            }
        } catch let error as ControlError {
            StandardError.write("poort: \(error)\n")
            try show(
                OfflineStatus.read(
                    configurationPath: location.configuration.path, configuration: location.configuration.load()))
            throw ExitCode(CommandFailure.notReachable)
        }
    }

    private func show(_ report: StatusReport) throws {
        if json {
            OutputBuffer.show(String(decoding: try StatusCoding.encode(PartnersReport(report)), as: UTF8.self))
        } else {
            OutputBuffer.show(PartnerLines(report: report, columns: Terminal.size?.columns).lines)
        }
    }
}

/// What `--json` prints.
private struct PartnersReport: Encodable {
    let now: String
    let isRunning: Bool
    let partners: [StatusReport.Partner]

    init(_ report: StatusReport) {
        now = report.now
        isRunning = report.isRunning
        partners = report.partners
    }
}
