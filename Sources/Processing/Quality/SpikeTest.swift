public import Telemetry

extension SpikeLimits {
    /// QARTOD's spike test. Source: `ioos_qc.qartod.spike_test`.
    /// - Parameters:
    ///   - previous: the value before, not finite where there is none.
    ///   - next: the value after, likewise; until it comes, a reading is not evaluated.
    /// - Returns: 9 for a missing value, 2 beside one and at either end of the series.
    public func flag(previous: Double, value: Double, next: Double) -> QualityFlag {
        guard value.isFinite else { return .missing }
        guard previous.isFinite, next.isFinite else { return .unknown }
        let deviation: Double
        switch method {
        case .average:
            let middle = (previous + next) / 2
            guard middle.isFinite else { return .unknown }
            deviation = abs(value - middle)
        case .differential:
            let (before, after) = (value - previous, next - value)
            deviation = before * after < 0 ? min(abs(before), abs(after)) : 0
            guard deviation.isFinite else { return .unknown }
        }
        return .level(of: deviation, suspect: suspect == 0 ? nil : suspect, fail: fail == 0 ? nil : fail)
    }
}
