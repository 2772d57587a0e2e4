import ArgumentParser
import GatewayConfiguration
import Storage

/// Where a command finds the configuration, and through it the database and the socket.
struct DatabaseLocation: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.")
    var configurationPath: String = "/etc/poort/poort.toml"

    @Option(help: "The database file, instead of the configuration's.")
    var database: String?

    /// - Throws: `ConfigurationError` with every complaint.
    func loadConfiguration() throws -> Configuration {
        try ConfigurationFile.load(path: configurationPath)
    }

    func databasePath() throws -> String {
        try database ?? loadConfiguration().storage.path
    }

    func openReader() throws -> StoreReader {
        try StoreReader(path: databasePath())
    }
}
