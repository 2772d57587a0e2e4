import ArgumentParser
import Control
import GatewayConfiguration

/// Where the daemon can be asked, and what to fall back on.
struct DaemonLocation: ParsableArguments {
    @OptionGroup var configuration: ConfigurationLocation

    @Option(help: "The daemon's socket, instead of the configuration's.")
    var socket: String?

    /// - Throws: for a wrong configuration, unless a socket is given.
    func client() throws -> ControlClient {
        if let socket { return ControlClient(path: socket) }
        let read = try configuration.load { findings in
            let path = findings?.control.socketPath ?? "PATH"
            return
                "the same command with --socket \(path) asks the daemon all the same (poort status --socket \(path)); "
                + "one that runs keeps the configuration that it read last"
        }
        return ControlClient(path: read.control.socketPath)
    }
}
