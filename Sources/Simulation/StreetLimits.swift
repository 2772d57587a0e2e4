import Telemetry

/// What a configuration must say beside the catalogue's limits, so that a street's faults are found: of the tests that are
/// off by default, since their limits depend on the sensors, and of counters that go on from 0.
struct StreetLimits {
    let street: Street

    /// Sections `[quantity.NAME]`; empty for a street whose faults the catalogue's limits find.
    var text: String {
        var sections: [(quantity: String, lines: [String])] = []
        func add(_ line: String, to quantities: [String]) {
            for quantity in quantities {
                if let index = sections.firstIndex(where: { $0.quantity == quantity }) {
                    sections[index].lines.append(line)
                } else {
                    sections.append((quantity, [line]))
                }
            }
        }
        let faults = street.faults
        if faults.steps > 0 { add(rateOfChange, to: ["temperature"]) }
        if faults.damped > 0 {
            for (quantity, suspect, fail) in StreetLimits.liveliness {
                add(
                    "attenuated_signal = { window = \"3h\", suspect = \(suspect), fail = \(fail), readings = 12 }",
                    to: [quantity])
            }
        }
        if faults.gaps > 0 { add("time_gap = { fail = \"2h\" }", to: StreetLimits.regular) }
        // Without fog the street's air hardly comes so far.
        if faults.fog > 0 {
            add("co_located = { quantity = \"humidity\", above = 99, age = \"15m\" }", to: ["pm2_5", "pm10"])
        }
        if faults.narrowCounters > 0 {
            add("counter = { bits = 16, maximum_per_second = 2 }", to: StreetLimits.counters)
        }
        return sections.map { "\n[quantity.\($0.quantity)]\n" + $0.lines.joined(separator: "\n") + "\n" }.joined()
    }

    /// 4 °C from one report to the next.
    private var rateOfChange: String {
        let perSecond = 4000 / Double(max(1, street.intervals[.air] ?? 1))
        return "rate_of_change = { suspect = \(JSONLine.number(perSecond)), fail = \(JSONLine.number(5 * perSecond)) }"
    }

    /// How much they vary at least within three hours, as a standard deviation.
    private static let liveliness = [("no2", 0.6, 0.2), ("pm2_5", 0.2, 0.07), ("pm10", 0.35, 0.12)]
    private static let counters = ["vehicle_count", "heavy_vehicle_count", "bicycle_count", "pedestrian_count"]
    /// What comes with every report; where nobody passes there is no speed.
    private static let regular =
        ["no2", "pm2_5", "pm10", "temperature", "humidity", "fill_level", "battery"] + counters
}
