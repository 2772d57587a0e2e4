import ArgumentParser
import Gateway
import Glibc

@main
struct Poort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poort",
        abstract: "The gate between a city's street sensors and its servers.",
        discussion: """
            Exit codes: 0 fine, 1 found a problem, 64 usage, 69 daemon not reachable, 74 output not written, 78 bad \
            configuration.

            Example: check a configuration, then run with it
              poort check --config Config/poort.toml && poort run --config Config/poort.toml
            """,
        version: "poort \(GatewayVersion.number)",
        subcommands: [
            Run.self, Status.self, Watch.self, Show.self, Plot.self, Figures.self, Sensors.self, Check.self, Query.self,
            SQLCommand.self, Export.self, PartnersCommand.self, Ledger.self, Doctor.self, Backup.self, Restore.self,
            QuarantineCommand.self, ReplayCommand.self, Record.self,
            Simulate.self,
            Version.self,
        ])

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        if let failure = CommandFailure(error) {
            StandardError.write("poort: \(failure)\n")
            Glibc.exit(failure.exitCode)
        }
        // Help that was asked for is output, what is wrong with the arguments is not.
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if !text.isEmpty {
            if code.isSuccess { OutputBuffer.show(text) } else { StandardError.write(text + "\n") }
        }
        Glibc.exit(code.rawValue)
    }
}
