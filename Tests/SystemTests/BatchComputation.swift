import Storage
import Telemetry

/// Aggregates computed the plain way, all readings at once, by two passes over each window: what the gateway's own,
/// which come piece by piece, must equal.
struct BatchComputation {
    struct Point {
        var time: Timestamp
        var value: Double
    }

    /// Differences between what is stored and what the points give, in words; empty when there is none.
    /// - Parameters:
    ///   - series: every point of each series.
    ///   - closedUntil: windows that end later are not looked at.
    static func differences(
        _ series: [SeriesIdentity: [Point]], from reader: StoreReader, closedUntil: Timestamp, days: DayCalendar
    ) throws -> [String] {
        let rows = try reader.series()
        let identities = Dictionary(
            uniqueKeysWithValues: rows.map { ($0.id, SeriesIdentity(device: $0.device, quantity: $0.quantity)) })
        let counters = Set(rows.filter { $0.kind == .counter }.map(\.id))
        let numbers = Dictionary(uniqueKeysWithValues: identities.map { ($0.value, $0.key) })
        var found: [String] = []
        var checked = 0
        for tier in Tier.allCases {
            var stored: [SeriesID: [Timestamp: Aggregate]] = [:]
            try reader.aggregates(tier, in: .distantPast..<closedUntil) { row in
                if row.aggregate.window.end <= closedUntil {
                    stored[row.series, default: [:]][row.aggregate.window.start] = row.aggregate
                }
                return true
            }
            for (identity, points) in series {
                guard let number = numbers[identity] else {
                    found.append("no series \(identity)")
                    continue
                }
                let expected = windows(of: points, tier: tier, isCounter: counters.contains(number), days: days)
                    .filter { $0.end <= closedUntil }
                checked += expected.count
                found += compare(expected, with: stored[number] ?? [:], name: "\(identity.device) \(tier.name)")
            }
        }
        if checked == 0 { found.append("no window was closed, so nothing was compared") }
        return found
    }

    private struct Expected {
        var start: Timestamp
        var end: Timestamp
        var values: [Double]
        var increase: Double
        var resets: Int
        var isCounter: Bool
    }

    private static func windows(
        of points: [Point], tier: Tier, isCounter: Bool, days: DayCalendar
    ) -> [Expected] {
        let sorted = points.sorted { $0.time < $1.time }
        var windows: [Timestamp: Expected] = [:]
        for (index, point) in sorted.enumerated() {
            let window = Window(tier, holding: point.time, days: days)
            var expected =
                windows[window.start]
                ?? Expected(
                    start: window.start, end: window.end, values: [], increase: 0, resets: 0, isCounter: isCounter)
            expected.values.append(point.value)
            if index > 0 {
                let before = sorted[index - 1].value
                expected.increase += point.value < before ? point.value : point.value - before
                expected.resets += point.value < before ? 1 : 0
            }
            windows[window.start] = expected
        }
        return Array(windows.values)
    }

    private static func compare(
        _ expected: [Expected], with stored: [Timestamp: Aggregate], name: String
    ) -> [String] {
        var found: [String] = []
        for window in expected {
            guard let aggregate = stored[window.start], let statistics = aggregate.statistics else {
                found.append("\(name) \(window.start): missing")
                continue
            }
            let count = Double(window.values.count)
            let mean = window.values.reduce(0, +) / count
            let deviation = (window.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
            let figures: [(String, Double, Double)] = [
                ("count", Double(aggregate.count), count), ("mean", statistics.mean, mean),
                ("min", statistics.minimum, window.values.min()!), ("max", statistics.maximum, window.values.max()!),
                ("first", statistics.first, window.values.first!), ("last", statistics.last, window.values.last!),
                ("stddev", aggregate.standardDeviation ?? -1, deviation),
            ]
            for (figure, ours, theirs) in figures where abs(ours - theirs) > 1e-9 * max(1, abs(theirs)) {
                found.append("\(name) \(window.start): \(figure) is \(ours), should be \(theirs)")
            }
            if window.isCounter,
                aggregate.increase?.total != window.increase || aggregate.increase?.resets != window.resets
            {
                found.append(
                    "\(name) \(window.start): increase is \(String(describing: aggregate.increase)), should be \(window.increase) with \(window.resets) resets"
                )
            }
        }
        for start in stored.keys where !expected.contains(where: { $0.start == start }) {
            found.append("\(name) \(start): nothing was measured in this window")
        }
        return found
    }
}
