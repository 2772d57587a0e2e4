import Gateway
import Telemetry

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
