import Telemetry

/// Reads `attenuated_signal = { window = "1h", suspect = 0.1, fail = 0.01, measure = "std", readings = 10 }`.
struct AttenuatedSignalReader {
    let intervalMilliseconds: Int64?
    /// A spread of fewer says little.
    private static let usualReadings = 10

    func read(_ table: inout TableReader) -> AttenuatedSignalLimits? {
        let measures = AttenuatedSignalLimits.Measure.allCases.map(\.rawValue)
        let measure = table.choice("measure", among: measures).flatMap(AttenuatedSignalLimits.Measure.init)
        let window = table.duration("window", in: 1000...31_557_600_000)
        let limits = AttenuatedSignalLimits(
            measure: measure ?? .standardDeviation, windowMilliseconds: window ?? 0,
            minimumReadings: table.integer("readings", in: 1...1000) ?? AttenuatedSignalReader.usualReadings,
            suspect: table.limit("suspect"), fail: table.limit("fail"))
        table.checkOrder(suspect: limits.suspect, fail: limits.fail, isFailSmaller: true)
        if !table.has("window") {
            table.complaints.error(table.place, "`attenuated_signal` needs a `window`, such as \"1h\"")
        }
        if window != nil { checkInterval(limits, table) }
        return table.hasLevel() && window != nil ? limits : nil
    }

    /// Complains about a window that never holds as many readings as it needs, or more than it can.
    private func checkInterval(_ limits: AttenuatedSignalLimits, _ table: TableReader) {
        guard let intervalMilliseconds, intervalMilliseconds > 0 else { return }
        let count = (limits.windowMilliseconds - 1) / intervalMilliseconds + 1
        if count < limits.minimumReadings {
            table.complaints.error(
                table.place(of: "window"),
                "`window` holds \(count) readings at the device's interval, fewer than the \(limits.minimumReadings) of `readings`"
            )
        } else if count > AttenuatedSignalReader.greatestCount {
            table.complaints.error(
                table.place(of: "window"),
                "`window` holds \(count) readings at the device's interval; at most \(AttenuatedSignalReader.greatestCount) are compared"
            )
        }
    }

    /// The test's own bound, with room for a sensor that reports a little more often than it should.
    private static let greatestCount = 4000
}
