import Telemetry

/// Reads `flat_line = { suspect = "50m", fail = "80m", tolerance = 0.01, readings = 6 }`.
struct FlatLineReader {
    let intervalMilliseconds: Int64?

    func read(_ table: inout TableReader) -> FlatLineLimits? {
        let limits = FlatLineLimits(
            suspectMilliseconds: table.duration("suspect", in: 1000...31_557_600_000),
            failMilliseconds: table.duration("fail", in: 1000...31_557_600_000),
            tolerance: table.limit("tolerance") ?? 0,
            minimumReadings: table.integer("readings", in: 2...1000) ?? 0)
        table.checkOrder(suspect: limits.suspectMilliseconds, fail: limits.failMilliseconds)
        let meaning = "values are the same when they differ by less"
        if !table.has("tolerance") {
            table.complaints.error(table.place, "`flat_line` needs a `tolerance`: \(meaning)")
        } else if limits.tolerance == 0 {
            table.complaints.warn(table.place(of: "tolerance"), "a `tolerance` of 0 never flags: \(meaning)")
        }
        checkInterval(limits, table)
        return table.hasLevel() ? limits : nil
    }

    /// As in QARTOD, a window that holds one reading is always flat.
    private func checkInterval(_ limits: FlatLineLimits, _ table: TableReader) {
        guard let intervalMilliseconds, limits.minimumReadings == 0 else { return }
        let levels = [("suspect", limits.suspectMilliseconds), ("fail", limits.failMilliseconds)]
        for (key, limit) in levels where limit.map({ $0 < intervalMilliseconds }) ?? false {
            table.complaints.error(
                table.place(of: key),
                "`\(key)` of flat_line is shorter than the device's interval, which would flag every reading; give `readings`, or a longer time"
            )
        }
    }
}
