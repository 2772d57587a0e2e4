import ArgumentParser
import GatewayConfiguration
import Storage

/// Where a command finds the configuration, and through it the database and the socket.
struct DatabaseLocation: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.")
    var configurationPath: String = "/etc/poort/poort.toml"

    @Option(help: "The database file, instead of the configuration's.")
    var database: String?

    func loadConfiguration() throws -> Configuration {
        do throws(ConfigurationError) {
            return try ConfigurationFile.load(path: configurationPath)
        } catch {
            throw CommandFailure("\(error)", exitCode: CommandFailure.badConfiguration)
        }
    }

    func databasePath() throws -> String {
        try database ?? loadConfiguration().storage.path
    }

    func openReader() throws -> StoreReader {
        let path = try databasePath()
        do throws(StorageError) {
            return try StoreReader(path: path)
        } catch {
            throw CommandFailure("\(error)", exitCode: 1)
        }
    }
}

/// Turns a storage error into one for the person at the terminal.
func reading<Result>(_ reader: StoreReader, _ body: (StoreReader) throws(StorageError) -> Result) throws -> Result {
    do throws(StorageError) {
        return try body(reader)
    } catch {
        throw CommandFailure("\(error)", exitCode: 1)
    }
}
