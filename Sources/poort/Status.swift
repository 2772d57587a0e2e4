import ArgumentParser
import Control
import Gateway
import GatewayConfiguration
import Storage

/// Where the daemon can be asked, and what to fall back on.
struct DaemonLocation: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.")
    var configurationPath: String = "/etc/poort/poort.toml"

    @Option(help: "The daemon's socket, instead of the configuration's.")
    var socket: String?

    /// - Throws: for a wrong configuration, unless a socket is given.
    func client() throws -> ControlClient {
        if let socket { return ControlClient(path: socket) }
        return ControlClient(path: try configuration().control.socketPath)
    }

    func configuration() throws -> Configuration {
        try ConfigurationFile.load(path: configurationPath)
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the gateway is: broker, rates, storage, and each sensor's last reading.",
        discussion: """
            Asks the running daemon over its socket. When it does not run, says so and shows what the database alone \
            still tells.

            Exit code 0 when all is well, 1 when the broker is away, the storage fails or the \
            ledger does not balance, 69 when the daemon cannot be reached.

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
            try showWithoutDaemon()
            throw ExitCode(CommandFailure.notReachable)
        }
        try show(report)
        if report.hasProblem { throw ExitCode(CommandFailure.problem) }
    }

    private func show(_ report: StatusReport) throws {
        if json {
            print(String(decoding: try StatusCoding.encode(report), as: UTF8.self))
        } else {
            let screen = StatusScreen(report: report, columns: Terminal.size?.columns)
            for line in screen.lines { print(line) }
        }
    }

    private func showWithoutDaemon() throws {
        do {
            try show(
                OfflineStatus.read(
                    configurationPath: location.configurationPath, configuration: location.configuration()))
        } catch let error as StorageError {
            StandardError.write("poort: and the database tells nothing: \(error)\n")
        }
    }
}
