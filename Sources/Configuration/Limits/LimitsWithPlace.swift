import Telemetry

/// What a configuration changes of a quantity's limits, and where it says so.
struct LimitsWithPlace {
    let name: String
    let changes: QualityLimitChanges
    let table: TableReader

    /// Warns of tests that can find nothing, or nothing else, at the intervals of all sources.
    /// - Parameter intervals: in milliseconds; of every source.
    func check(against intervals: [Int64]) {
        guard let shortest = intervals.min(), shortest > 0 else { return }
        if let limits = changes.attenuatedSignal?.limits {
            let count = (limits.windowMilliseconds - 1) / shortest + 1
            if count < limits.minimumReadings {
                table.complaints.warn(
                    table.place(of: "attenuated_signal"),
                    "`attenuated_signal` of \(name.plain) is never evaluated: its window holds \(count) readings at the sources' intervals, and `readings` asks for \(limits.minimumReadings)"
                )
            }
        }
        if let limits = changes.flatLine?.limits, limits.minimumReadings == 0,
            let level = [limits.suspectMilliseconds, limits.failMilliseconds].compactMap(\.self).min(), level < shortest
        {
            table.complaints.warn(
                table.place(of: "flat_line"),
                "`flat_line` of \(name.plain) flags every reading: \(Measure.text(milliseconds: level)) is shorter than the sources' intervals; give `readings`, or a longer time"
            )
        }
    }
}
