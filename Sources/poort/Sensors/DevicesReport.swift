import Gateway
import Telemetry

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
