public import Telemetry

extension TimeGapLimits {
    /// QARTOD's time-gap test: the later point of a longer gap fails. Source: `ioos_qc.qartod.time_gap_test`, whose first
    /// point takes over the flag of the second; here it passes, since nothing is missing before it.
    public func flag(_ time: Timestamp, after previous: Timestamp?) -> QualityFlag {
        guard let previous else { return .good }
        return time.milliseconds(since: previous) > fail ? .fail : .good
    }
}

extension ImpossibleDateLimits {
    /// QARTOD's impossible-date test. Source: `ioos_qc.qartod.impossible_date_test`.
    /// - Parameter now: the gateway's clock when the reading came; so this flag is given once and then kept.
    public func flag(_ time: Timestamp, now: Timestamp) -> QualityFlag {
        if time.milliseconds(since: now) > ahead { return .fail }
        if let span, !span.contains(time) { return .fail }
        return .good
    }
}
