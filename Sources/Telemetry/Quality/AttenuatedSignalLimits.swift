/// Limits of the attenuated-signal test: how much values must vary within a stretch of time.
/// Source: `ioos_qc.qartod.attenuated_signal_test`.
public struct AttenuatedSignalLimits: Hashable, Sendable {
    public var measure: Measure
    /// The stretch that ends with the reading; one that is exactly so old lies outside.
    public var windowMilliseconds: Int64
    /// With fewer readings in the window the test is not evaluated.
    public var minimumReadings: Int
    /// In the quantity's unit; what varies by less is suspect. Nil disables the level.
    public var suspect: Double?
    public var fail: Double?

    public enum Measure: String, Sendable, CaseIterable {
        /// Of the population (divisor n).
        case standardDeviation = "std"
        /// The largest less the smallest.
        case range
    }

    public init(
        measure: Measure = .standardDeviation, windowMilliseconds: Int64, minimumReadings: Int = 1,
        suspect: Double? = nil, fail: Double? = nil
    ) {
        self.measure = measure
        self.windowMilliseconds = windowMilliseconds
        self.minimumReadings = minimumReadings
        self.suspect = suspect
        self.fail = fail
    }
}
