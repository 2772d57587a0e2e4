import ArgumentParser
import GatewayConfiguration
import Gateway
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gateway in the foreground, as the systemd service does.",
        discussion: """
            SIGTERM and Ctrl-C commit and acknowledge what was read, then end. SIGHUP reads the configuration again.

            Exit code 78 when the configuration cannot be used as it is, which poort check says as well; systemd does \
            not start it again then.

            Example:
              poort run --config /etc/poort/poort.toml
            """)

    @OptionGroup var location: ConfigurationLocation

    func run() async throws {
        let configuration = try location.loadWithTimeZone()
        // What it writes is for its own user and group.
        umask(0o027)
        // A file that grows beyond a limit is a failing disk, not a reason to end.
        signal(SIGXFSZ, SIG_IGN)
        let level = Logger.Level(rawValue: configuration.log.level) ?? .info
        LoggingSystem.bootstrap { _ in LineLogHandler(level: level) }
        let logger = Logger(label: "poort")
        let check = StartCheck(configuration, for: .start)
        if !check.errors.isEmpty { throw ConfigurationError(complaints: check.errors) }
        for warning in configuration.warnings + check.warnings { logger.warning("\(warning)") }
        let gateway = try Gateway(configurationPath: location.path, configuration: configuration, logger: logger)
        let server: any Service
        do {
            server = try gateway.controlServer()
        } catch {
            throw CommandFailure("\(error)", exitCode: CommandFailure.problem)
        }
        let services: [any Service] = [server, gateway]
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            throw CommandFailure("\(error)", exitCode: CommandFailure.problem)
        }
    }
}
