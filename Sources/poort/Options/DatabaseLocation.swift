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

    /// Opens the database and puts the configuration's time zone into force.
    ///
    /// With --database no configuration is needed; the process's time zone counts then, and what the configuration says of
    /// devices is not known.
    func openWithTimeZone() throws -> (reader: StoreReader, configuration: Configuration?) {
        let path = try databasePath()
        let read = try? configuration.loadWithTimeZone()
        return (try StoreReader(path: path), read)
    }
}
