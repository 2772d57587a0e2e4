/// Limits of the flat-line test: how long values may stay the same. Source: `ioos_qc.qartod.flat_line_test`.
///
/// A duration becomes a number of readings: trunc(duration ÷ interval), where the interval is the configured one, else
/// the median of those seen last.
public struct FlatLineLimits: Hashable, Sendable {
    /// In milliseconds; nil disables the level.
    public var suspectMilliseconds: Int64?
    public var failMilliseconds: Int64?
    /// In the quantity's unit: values are the same when the largest and the smallest differ by less. 0 never flags.
    public var tolerance: Double
    /// How many readings must be the same at least, however rarely the sensor reports. Without it a duration shorter
    /// than the interval flags every reading, as in QARTOD.
    public var minimumReadings: Int

    public init(
        suspectMilliseconds: Int64? = nil, failMilliseconds: Int64? = nil, tolerance: Double, minimumReadings: Int = 0
    ) {
        self.suspectMilliseconds = suspectMilliseconds
        self.failMilliseconds = failMilliseconds
        self.tolerance = tolerance
        self.minimumReadings = minimumReadings
    }
}
