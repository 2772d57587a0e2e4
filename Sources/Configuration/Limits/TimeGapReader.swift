import Telemetry

/// Reads `time_gap = { fail = "2h" }`.
enum TimeGapReader {
    static func read(_ table: inout TableReader) -> TimeGapLimits? {
        guard table.has("fail") else { return TimeGapLimits() }
        return table.duration("fail", in: 1000...31_557_600_000).map(TimeGapLimits.init)
    }
}
