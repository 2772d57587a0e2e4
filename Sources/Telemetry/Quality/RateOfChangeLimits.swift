/// Limits of the rate-of-change test. Source: `ioos_qc.qartod.rate_of_change_test`.
public struct RateOfChangeLimits: Hashable, Sendable {
    /// In the quantity's unit per second; what changes faster is suspect. Nil disables the level, 0 does not.
    public var suspect: Double?
    public var fail: Double?

    public init(suspect: Double? = nil, fail: Double? = nil) {
        self.suspect = suspect
        self.fail = fail
    }
}
