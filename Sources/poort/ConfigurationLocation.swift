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
