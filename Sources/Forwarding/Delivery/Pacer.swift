/// Keeps deliveries below a rate: rows a second, of which one second's may go at once.
///
/// Time comes in as milliseconds of a clock that never steps.
struct Pacer {
    /// Nil without a limit.
    let rowsPerSecond: Int?
    private var rows: Double
    private var updated: Int64

    init(rowsPerSecond: Int?, now: Int64) {
        self.rowsPerSecond = rowsPerSecond
        rows = Double(rowsPerSecond ?? 0)
        updated = now
    }

    /// How many rows may go now, at least 0.
    mutating func allowance(now: Int64) -> Int {
        guard let rate = rowsPerSecond else { return .max }
        if now > updated {
            rows = min(Double(rate), rows + Double(rate) * Double(now - updated) / 1000)
            updated = now
        }
        return max(0, Int(rows))
    }

    /// - Parameter sent: may be more than was allowed, which is waited for afterwards.
    mutating func take(_ sent: Int) {
        if rowsPerSecond != nil { rows -= Double(sent) }
    }

    /// In how many milliseconds so many rows may go; 0 when they may.
    mutating func wait(for wanted: Int, now: Int64) -> Int64 {
        guard let rate = rowsPerSecond, allowance(now: now) < min(wanted, rate) else { return 0 }
        return max(1, Int64(((Double(min(wanted, rate)) - rows) * 1000 / Double(rate)).rounded(.up)))
    }
}
