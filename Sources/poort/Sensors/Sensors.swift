import ArgumentParser
import Gateway
import Telemetry

struct Sensors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the devices: how old their latest reading is, which are late, which are not configured.",
        discussion: """
            Reads the database and the configuration, with the daemon running or not. A device is late when it has been \
            silent for three times its expected interval.

            --unknown lists the devices that send and are not configured, those among them whose messages are held in \
            quarantine ([devices] unknown = "quarantine"), and prints what to add to the configuration.

            Example: adopt a new sensor
              poort sensors --unknown --snippet >> /etc/poort/conf.d/devices.toml
              systemctl reload poort && poort quarantine replay --reason unknown_device
            """)

    @OptionGroup var location: DatabaseLocation

    @Flag(help: "Only devices that send and are not configured, with what to add for them.")
    var unknown = false

    @Flag(help: "With --unknown: print nothing but what to add to the configuration.")
    var snippet = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if snippet, !unknown { throw ValidationError("--snippet goes with --unknown") }
        if snippet, json { throw ValidationError("give --snippet or --json, not both") }
    }

    func run() throws {
        let configuration = try location.configuration.load()
        let reader = try location.openReader()
        let now = Timestamp.now()
        if unknown {
            let report = UnknownDevicesReport(
                devices: try UnknownDevice.find(reader, configuration: configuration), now: now)
            if json {
                OutputBuffer.show(report.json.finished)
            } else {
                OutputBuffer.show(snippet ? report.snippets : report.lines)
            }
        } else {
            let survey = try DeviceSurvey(reader, configuration: configuration, now: now)
            let report = DevicesReport(devices: survey.devices, now: now)
            if json {
                OutputBuffer.show(report.json.finished)
            } else {
                OutputBuffer.show(report.lines)
            }
        }
    }
}
