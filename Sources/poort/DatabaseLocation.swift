import ArgumentParser
import GatewayConfiguration
import Storage

/// Where a command finds the configuration, and through it the database and the socket.
struct DatabaseLocation: ParsableArguments {
    @OptionGroup var configuration: ConfigurationLocation

    @Option(help: "The database file, instead of the configuration's.")
    var database: String?

    func databasePath() throws -> String {
        if let database { return database }
        return try configuration.load { findings in
            "the same command with --database \(findings?.storage.path ?? "PATH") reads the database all the same"
        }.storage.path
    }

    func openReader() throws -> StoreReader {
        try StoreReader(path: databasePath())
    }
}
