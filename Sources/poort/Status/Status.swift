import ArgumentParser
import Control
import Gateway
import GatewayConfiguration
import Storage

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the gateway is: broker, rates, storage, and each sensor's last reading.",
        discussion: """
            Asks the running daemon over its socket. When it does not run, says so and shows what the database alone \
            still tells.

            Exit code 0 when all is well, 1 when the broker is away, the storage fails or is slow, its \
            quota cannot be kept, the ledger does not balance, the clock cannot be right, a partner cannot be reached or the \
            last reload was refused, 69 when the daemon cannot be reached.

            Example:
              poort status --json | jq '.sensors[] | select(.is_late)'
            """)

    @OptionGroup var location: DaemonLocation

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let report: StatusReport
        do {
            report = try location.client().status()
        } catch let error as ControlError {
            StandardError.write("poort: \(error)\n")
            try showWithoutDaemon(error)
            throw ExitCode(CommandFailure.notReachable)
        }
        try show(report)
        if report.hasProblem { throw ExitCode(CommandFailure.problem) }
    }

    /// - Parameter absence: what is known of a daemon that did not answer.
    private func show(_ report: StatusReport, absence: String? = nil) throws {
        if json {
            OutputBuffer.show(String(decoding: try StatusCoding.encode(report), as: UTF8.self))
        } else {
            var screen = StatusScreen(report: report, columns: Terminal.size?.columns)
            if let absence { screen.absence = absence }
            OutputBuffer.show(screen.lines)
        }
    }

    private func showWithoutDaemon(_ error: ControlError) throws {
        do {
            try show(
                OfflineStatus.read(
                    configurationPath: location.configuration.path, configuration: location.configuration.load()),
                absence: error.isForbidden ? "poort may be running; your user may not ask it" : nil)
        } catch let error as StorageError {
            StandardError.write("poort: and the database tells nothing: \(error)\n")
        } catch let error as ConfigurationError {
            StandardError.write("poort: and the configuration, which names the database, has mistakes:\n\(error)\n")
        }
    }
}
