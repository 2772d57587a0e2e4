import ArgumentParser
import GatewayConfiguration
import Telemetry

/// Where a command finds the configuration.
struct ConfigurationLocation: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.")
    var path: String = "/etc/poort/poort.toml"

    init() {}

    /// - Throws: `ConfigurationError` with every complaint.
    func load() throws -> Configuration {
        try ConfigurationFile.load(path: path)
    }

    /// For a command that can do without it when an option says where to look.
    /// - Parameter way: what to do as long as the file has a mistake, once it is known what in it is right.
    func load(orElse way: (Configuration?) -> String) throws -> Configuration {
        let findings = ConfigurationFile.examine(path: path)
        do {
            return try findings.usable()
        } catch {
            throw CommandFailure(
                "\(error)\nUntil that is mended, \(way(findings.configuration))",
                exitCode: CommandFailure.badConfiguration)
        }
    }

    /// Loads it and puts its time zone into force for the process, before any other thread runs.
    func loadWithTimeZone() throws -> Configuration {
        let configuration = try load()
        guard DayCalendar.useTimeZone(configuration.gateway.timezone) else {
            throw CommandFailure(
                "unknown time zone \(configuration.gateway.timezone)", exitCode: CommandFailure.badConfiguration)
        }
        return configuration
    }
}
