import Control
import Telemetry

extension StatusScreen {
    /// A row for each series, devices in order; what needs a look stands out.
    var sensorTable: [String] {
        guard !report.sensors.isEmpty else { return ["no sensor has sent anything yet"] }
        let rows = report.sensors.enumerated().map { index, sensor in
            let isSame = index > 0 && report.sensors[index - 1].device == sensor.device
            return cells(of: sensor, isSameDevice: isSame)
        }
        let table = TextTable.aligned(
            [["sensor", "type", "quantity", "value", "unit", "age", "flag"]] + rows, leftColumns: [0, 1, 2, 4, 6],
            columns: columns)
        return table.enumerated().map { index, line in
            if index == 0 { return Emphasis.quiet.applied(to: line) }
            return emphasis(of: report.sensors[index - 1])?.applied(to: line) ?? line
        }
    }

    /// Changes the order of the rows, not that within each part.
    mutating func putProblemsFirst() {
        let sensors = report.sensors
        report.sensors = sensors.filter { emphasis(of: $0) != nil } + sensors.filter { emphasis(of: $0) == nil }
    }

    private func cells(of sensor: StatusReport.Sensor, isSameDevice: Bool) -> [String] {
        [
            isSameDevice ? "" : sensor.device, isSameDevice ? "" : sensor.type, sensor.quantity,
            ValueText.text(sensor.value, unit: sensor.unit), sensor.unit, Age.text(seconds: sensor.ageSeconds),
            verdict(on: sensor),
        ]
    }

    private func verdict(on sensor: StatusReport.Sensor) -> String {
        let flag =
            switch QualityFlag(rawValue: UInt8(clamping: sensor.flag)) {
            case .good: "good"
            case .suspect: "suspect"
            case .fail: "fail"
            case .missing: "missing"
            default: "not tested"
            }
        return sensor.isLate ?? false ? "\(flag), late" : flag
    }

    private func emphasis(of sensor: StatusReport.Sensor) -> Emphasis? {
        if sensor.flag == 4 { return .bad }
        return sensor.isLate ?? false || sensor.flag == 3 ? .warning : nil
    }
}
