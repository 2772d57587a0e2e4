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

/// A row for each device.
struct DevicesReport {
    let devices: [SurveyedDevice]
    let now: Timestamp

    var lines: [String] {
        guard !devices.isEmpty else { return ["no device is configured, and none has sent anything yet"] }
        let rows = devices.map { device in
            [
                TerminalText.plain(device.id), TerminalText.plain(device.type),
                device.quantities.joined(separator: " "),
                device.last.map { Age.text(seconds: Double(now - $0) / 1000) } ?? "never", state(device),
            ]
        }
        let table = TextTable.aligned(
            [["device", "type", "quantities", "latest", "state"]] + rows, leftColumns: [0, 1, 2, 4],
            columns: Terminal.size?.columns)
        return [Emphasis.quiet.applied(to: table[0])]
            + zip(devices, table.dropFirst()).map { device, line in
                device.isLate ?? false ? Emphasis.warning.applied(to: line) : line
            }
    }

    private func state(_ device: SurveyedDevice) -> String {
        var words: [String] = []
        if device.last == nil {
            words.append("nothing yet")
        } else if device.isLate ?? false {
            words.append("late")
        }
        if !device.isConfigured { words.append("not configured") }
        return words.isEmpty ? "fine" : words.joined(separator: ", ")
    }

    var json: JSONLine {
        var line = JSONLine()
        line.add(
            "devices",
            devices.map { device in
                var line = JSONLine()
                line.add("device", device.id)
                line.add("type", device.type)
                line.add("is_configured", device.isConfigured)
                line.add("quantities", device.quantities)
                line.add("last", device.last)
                line.add("interval_seconds", device.intervalMilliseconds.map { Double($0) / 1000 })
                line.add("is_late", device.isLate)
                return line
            })
        return line
    }
}

/// Devices to be adopted, and how.
struct UnknownDevicesReport {
    let devices: [UnknownDevice]
    let now: Timestamp

    var snippets: [String] { devices.flatMap { $0.snippet.split(separator: "\n").map(String.init) + [""] } }

    var lines: [String] {
        guard !devices.isEmpty else { return ["every device that sends is in the configuration"] }
        let rows = devices.map { device in
            [
                TerminalText.plain(device.id), device.quantities.joined(separator: " "), String(device.heldCount),
                Age.text(seconds: Double(now - device.last) / 1000), device.heldCount > 0 ? "held" : "accepted",
                TerminalText.plain(device.topic ?? ""),
            ]
        }
        let table = TextTable.aligned(
            [["device", "quantities", "held", "latest", "state", "topic"]] + rows, leftColumns: [0, 1, 4, 5],
            columns: Terminal.size?.columns)
        return [Emphasis.quiet.applied(to: table[0])] + table.dropFirst()
            + ["", "To adopt them, add to the configuration, or to a file in conf.d beside it:", ""] + snippets
            + [
                "Then: systemctl reload poort; and for messages that are held: "
                    + "poort quarantine replay --reason unknown_device"
            ]
    }

    var json: JSONLine {
        var line = JSONLine()
        line.add(
            "devices",
            devices.map { device in
                var line = JSONLine()
                line.add("device", device.id)
                line.add("type", device.type)
                line.add("quantities", device.quantities)
                line.add("held", device.heldCount)
                line.add("is_accepted", device.isAccepted)
                line.add("last", device.last)
                line.add("topic", device.topic)
                line.add("snippet", device.snippet)
                return line
            })
        return line
    }
}
