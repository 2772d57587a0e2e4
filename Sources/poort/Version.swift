import ArgumentParser
import Gateway
import Telemetry

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version.", discussion: "Example:\n  poort version --json")

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() {
        if json {
            var line = JSONLine()
            line.add("version", GatewayVersion.number)
            line.add("schema", GatewayVersion.schema)
            OutputBuffer.show(line.finished)
        } else {
            OutputBuffer.show("poort \(GatewayVersion.number)")
        }
    }
}
