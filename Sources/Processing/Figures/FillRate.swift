import Telemetry

/// How fast a container fills, by the median of the slopes between all pairs of readings (Theil 1950, Sen 1968): almost a
/// third of the readings may be wrong without leading it astray.
public struct FillRate: Hashable, Sendable {
    /// Points of per cent an hour.
    public let perHour: Double
    /// The lower end of its 95 % confidence interval. Source: Sen (1968), normal approximation.
    public let lowerPerHour: Double
    /// How many points it was computed from.
    public let pointCount: Int

    /// With more readings, each point is the medians of as many neighbours: 128 points have 8128 slopes.
    public static let mostPoints = 128
    static let hour = 3_600_000.0

    /// - Parameter readings: ascending in time, each time once.
    /// - Returns: nil for fewer than two readings.
    public init?(_ readings: some RandomAccessCollection<FillReading>) {
        let points = FillRate.points(of: Array(readings))
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * (points.count - 1) / 2)
        for (index, later) in points.enumerated() {
            for earlier in points[..<index] where later.hours > earlier.hours {
                let slope = (later.level - earlier.level) / (later.hours - earlier.hours)
                if slope.isFinite { slopes.append(slope) }
            }
        }
        slopes.sort()
        guard let median = slopes.middle else { return nil }
        perHour = median
        let count = Double(points.count)
        let spread = 1.96 * (count * (count - 1) * (2 * count + 5) / 18).squareRoot()
        let rank = (Double(slopes.count) - spread) / 2
        lowerPerHour = rank >= 1 ? slopes[Int(rank) - 1] : -.infinity
        pointCount = points.count
    }

    private struct Point {
        /// Since the first reading.
        var hours: Double
        var level: Double
    }

    private static func points(of readings: [FillReading]) -> [Point] {
        guard let first = readings.first else { return [] }
        let all = readings.map { Point(hours: Double($0.time - first.time) / hour, level: $0.level) }
        if all.count <= mostPoints { return all }
        return (0..<mostPoints).compactMap { number in
            let group = all[number * all.count / mostPoints..<(number + 1) * all.count / mostPoints]
            guard let hours = group.map(\.hours).middle, let level = group.map(\.level).median else { return nil }
            return Point(hours: hours, level: level)
        }
    }
}
