/// How far a counter counts before it goes on from 0, and how fast it can count at most: what tells a wrap from a restart.
///
/// A fall is a wrap only if both values fit the width and no more was counted over it than can have been, in a time in
/// which the counter cannot have gone round; else it is a restart from 0, which never counts too much.
public struct CounterWidth: Hashable, Sendable {
    /// 1 to 53.
    public var bits: Int
    /// Positive. No lane carries more than about one vehicle a second.
    public var maximumPerSecond: Double

    public static let defaultMaximumPerSecond = 10.0

    /// - Returns: nil unless the width is 1 to 53 bits and the rate positive and finite.
    public init?(bits: Int, maximumPerSecond: Double = CounterWidth.defaultMaximumPerSecond) {
        guard (1...53).contains(bits), maximumPerSecond > 0, maximumPerSecond.isFinite else { return nil }
        self.bits = bits
        self.maximumPerSecond = maximumPerSecond
    }

    /// How many values the counter has.
    public var modulus: Double { Double(UInt64(1) << UInt64(bits)) }

    /// What was counted over a wrap; nil where a fall is no wrap.
    /// - Parameters:
    ///   - earlier: the value before the fall.
    ///   - later: the lower value after it.
    ///   - milliseconds: the time between them; within the first second a second's worth is plausible.
    public func increase(from earlier: Double, to later: Double, milliseconds: Int64) -> Double? {
        guard later >= 0, later < earlier, earlier < modulus, milliseconds >= 0 else { return nil }
        let most = maximumPerSecond * max(1, Double(milliseconds) / 1000)
        let increase = modulus - earlier + later
        return most < modulus && increase <= most ? increase : nil
    }
}
