/// Percentiles of a window's usable readings, exact, each of them a value that was measured.
///
/// By nearest rank: the smallest value that at least so many of a hundred readings do not exceed, the inverse of their
/// distribution (type 1 of Hyndman and Fan, Sample Quantiles, 1996). Nothing is interpolated: the result is the same in
/// whatever order or portions the readings came, a change of unit changes it like any reading, and V85 is defined so.
public struct Percentiles: Hashable, Sendable {
    public var p50: Double
    public var p85: Double
    public var p95: Double

    public init(p50: Double, p85: Double, p95: Double) {
        self.p50 = p50
        self.p85 = p85
        self.p95 = p95
    }

    /// Which reading a percentile is, counted from 1 in ascending order.
    /// - Parameters:
    ///   - percent: 1 to 100.
    ///   - count: how many readings there are, 1 to 2^53.
    public static func rank(_ percent: Int, of count: Int) -> Int { (count * percent + 99) / 100 }
}
