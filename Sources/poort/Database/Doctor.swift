import ArgumentParser
import Control
import Gateway
import GatewayConfiguration
import Storage
import Telemetry

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything: configuration, daemon, every page of the database, ledger, disk.",
        discussion: """
            Changes nothing, and may be run while the daemon is at work. Reads the whole database, which takes some \
            seconds for each gigabyte.

            Exit code 0 when all is well, 1 when something needs a technician, 69 when that is only the daemon that does \
            not run, 78 when the configuration cannot be used.

            Example:
              poort doctor --json | jq '.findings[] | select(.verdict != "good")'
            """)

    @OptionGroup var location: ConfigurationLocation

    @Option(help: "The database file, instead of the configuration's.")
    var database: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var examination = DoctorExamination(configurationPath: location.path, database: database)
        examination.run()
        if json {
            OutputBuffer.show(examination.json.finished)
        } else {
            OutputBuffer.show(examination.lines(columns: Terminal.size?.columns))
        }
        if examination.exitCode != 0 { throw ExitCode(examination.exitCode) }
    }
}
