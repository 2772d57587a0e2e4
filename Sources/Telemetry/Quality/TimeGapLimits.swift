/// Limits of the time-gap test: after a longer silence a reading fails. Source: `ioos_qc.qartod.time_gap_test`.
public struct TimeGapLimits: Hashable, Sendable {
    /// In milliseconds.
    public var fail: Int64

    public init(fail: Int64 = 7_200_000) {
        self.fail = fail
    }
}

/// Limits of the impossible-date test. Source: `ioos_qc.qartod.impossible_date_test`.
public struct ImpossibleDateLimits: Hashable, Sendable {
    /// How far a reading may be ahead of the gateway's clock, in milliseconds; 0 as in QARTOD.
    public var ahead: Int64
    /// When a reading can have been measured at all.
    public var span: ClosedRange<Timestamp>?

    public init(ahead: Int64 = 0, span: ClosedRange<Timestamp>? = nil) {
        self.ahead = ahead
        self.span = span
    }
}
