/// Limits of the spike test: how far a value may lie from both its neighbours. Source: `ioos_qc.qartod.spike_test`.
public struct SpikeLimits: Hashable, Sendable {
    public var method: Method
    /// In the quantity's unit. What deviates by more is suspect; nil or 0 disables the level.
    public var suspect: Double?
    public var fail: Double?

    public enum Method: String, Sendable, CaseIterable {
        /// From the middle between the neighbours. The neighbours of a spike deviate by half of it.
        case average
        /// The smaller of the differences to the neighbours, where both go the same way. Finds the spike alone.
        case differential
    }

    public init(method: Method = .average, suspect: Double? = nil, fail: Double? = nil) {
        self.method = method
        self.suspect = suspect
        self.fail = fail
    }
}
