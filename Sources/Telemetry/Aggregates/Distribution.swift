/// How often each value occurred in a window: exact percentiles follow from it, also after merging.
///
/// Percentiles of windows tell nothing about those of a window that holds them, so each finer window keeps this. Sensors
/// repeat themselves: an hour of temperatures in tenths of a degree has a dozen values, however often it was read.
public struct Distribution: Hashable, Sendable {
    /// Ascending, each once, finite; zero has no sign.
    public let values: [Double]
    /// How often each value occurred, at least once.
    public let counts: [Int]
    /// How many readings there are, at most 2^53.
    public let total: Int

    /// How many values may differ: about 256 KiB while a window is computed. A day at an interval of 10 s has 8640.
    public static let capacity = 16_384
    static let largestTotal = 1 << 53

    /// - Parameter readings: in any order.
    /// - Returns: nil if one is not finite, or more of them differ than fit.
    public init?(_ readings: some Sequence<Double>) {
        var sorted = Array(readings)
        guard sorted.allSatisfy(\.isFinite) else { return nil }
        sorted.sort()
        var values: [Double] = []
        var counts: [Int] = []
        for value in sorted {
            if value == values.last {
                counts[counts.count - 1] += 1
            } else {
                guard values.count < Distribution.capacity else { return nil }
                values.append(value == 0 ? 0 : value)
                counts.append(1)
            }
        }
        self.init(ascending: values, counts: counts)
    }

    /// - Parameter readings: values, each with how often it occurred, in any order; values may come again.
    /// - Returns: nil if a value is not finite, a count negative, or more values differ than fit.
    public init?(counted readings: some Sequence<(value: Double, count: Int)>) {
        var values: [Double] = []
        var counts: [Int] = []
        guard readings.allSatisfy({ $0.value.isFinite && (0...Distribution.largestTotal).contains($0.count) }) else {
            return nil
        }
        for (value, count) in readings.sorted(by: { $0.value < $1.value }) where count > 0 {
            if value == values.last {
                counts[counts.count - 1] = min(counts[counts.count - 1] + count, Distribution.largestTotal + 1)
            } else {
                guard values.count < Distribution.capacity else { return nil }
                values.append(value == 0 ? 0 : value)
                counts.append(count)
            }
        }
        self.init(ascending: values, counts: counts)
    }

    /// - Parameters:
    ///   - values: ascending, each once, finite.
    ///   - counts: as many, all positive.
    /// - Returns: nil if there are too many.
    init?(ascending values: [Double], counts: [Int]) {
        var total = 0
        for count in counts {
            guard count <= Distribution.largestTotal - total else { return nil }
            total += count
        }
        guard values.count <= Distribution.capacity else { return nil }
        self.values = values
        self.counts = counts
        self.total = total
    }

    /// - Returns: nil if more values differ than fit.
    public func merged(with other: Distribution) -> Distribution? {
        var values: [Double] = []
        var counts: [Int] = []
        values.reserveCapacity(max(self.values.count, other.values.count))
        counts.reserveCapacity(max(self.values.count, other.values.count))
        var (ours, theirs) = (0, 0)
        while ours < self.values.count || theirs < other.values.count {
            guard values.count < Distribution.capacity else { return nil }
            let takesOurs =
                theirs == other.values.count || ours < self.values.count && self.values[ours] <= other.values[theirs]
            let takesTheirs =
                ours == self.values.count || theirs < other.values.count && other.values[theirs] <= self.values[ours]
            values.append(takesOurs ? self.values[ours] : other.values[theirs])
            counts.append((takesOurs ? self.counts[ours] : 0) + (takesTheirs ? other.counts[theirs] : 0))
            if takesOurs { ours += 1 }
            if takesTheirs { theirs += 1 }
        }
        return Distribution(ascending: values, counts: counts)
    }

    /// The smallest value that at least so many of a hundred readings do not exceed; nil without readings.
    /// - Parameter percent: 1 to 100.
    public func percentile(_ percent: Int) -> Double? {
        let rank = Percentiles.rank(percent, of: total)
        var reached = 0
        for (index, count) in counts.enumerated() {
            reached += count
            if reached >= rank { return values[index] }
        }
        return nil
    }

    /// Nil without readings.
    public var percentiles: Percentiles? {
        guard let p50 = percentile(50), let p85 = percentile(85), let p95 = percentile(95) else { return nil }
        return Percentiles(p50: p50, p85: p85, p95: p95)
    }
}
