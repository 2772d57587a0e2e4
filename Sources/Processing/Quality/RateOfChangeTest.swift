public import Telemetry

extension RateOfChangeLimits {
    /// QARTOD's rate-of-change test. Source: `ioos_qc.qartod.rate_of_change_test`.
    ///
    /// Time counts in whole seconds: another value within the same second has changed infinitely fast.
    /// - Parameter previous: nil for the first point.
    /// - Returns: 9 for a missing value, 1 after one and for the first.
    public func flag(_ point: SeriesPoint, after previous: SeriesPoint?) -> QualityFlag {
        if point.isMissing { return .missing }
        guard let previous, !previous.isMissing else { return .good }
        let seconds = point.time.milliseconds(since: previous.time) / 1000
        let rate = abs((point.value - previous.value) / Double(seconds))
        return .level(of: rate, suspect: suspect, fail: fail)
    }
}
