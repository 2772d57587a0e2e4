import Processing
import Storage
import Telemetry

/// Which series count which class: totals before counts of intervals, the whole before its directions.
struct TrafficCounts {
    private var byClass: [TrafficShares.Class: [StoreReader.SeriesRow]] = [:]
    private var motorVehicles: [StoreReader.SeriesRow] = []

    init(_ series: [StoreReader.SeriesRow]) {
        let byName = Dictionary(series.map { ($0.quantity, $0) }, uniquingKeysWith: { first, _ in first })
        for kind in TrafficShares.Class.allCases where kind != .otherVehicle {
            byClass[kind] = TrafficCounts.choose(kind.rawValue, of: byName)
        }
        motorVehicles = TrafficCounts.choose("vehicle", of: byName) ?? []
    }

    var isEmpty: Bool { series.isEmpty }

    var series: [StoreReader.SeriesRow] { byClass.values.flatMap(\.self) + motorVehicles }

    private static func choose(
        _ passing: String, of byName: [String: StoreReader.SeriesRow]
    ) -> [StoreReader.SeriesRow]? {
        for measure in ["count", "intensity"] {
            for directions in [[""], ["_left", "_right"], ["_towards", "_away"]] {
                let found = directions.compactMap { byName["\(passing)_\(measure)\($0)"] }
                if found.count == directions.count { return found }
            }
        }
        return nil
    }

    /// - Parameter total: what a series counted; nil where that is not known.
    func shares(_ total: (SeriesID) -> Double?) -> TrafficShares {
        func sum(_ series: [StoreReader.SeriesRow]) -> Double? {
            let totals = series.map { total($0.id) }
            return totals.isEmpty || totals.contains(nil) ? nil : totals.reduce(0) { $0 + ($1 ?? 0) }
        }
        return TrafficShares(byClass.compactMapValues(sum), motorVehicles: sum(motorVehicles))
    }
}

/// What series counted, by hour.
struct CountedHours {
    private var counted: [Timestamp: [SeriesID: Hour]] = [:]

    private struct Hour {
        var total: Double
        var isUsable: Bool
    }

    mutating func add(_ aggregate: Aggregate, of series: SeriesID) {
        guard let total = aggregate.increase?.total ?? aggregate.sum else { return }
        // Without an expected interval nobody knows what a whole hour has.
        counted[aggregate.window.start, default: [:]][series] = Hour(
            total: total, isUsable: aggregate.expected == nil ? !aggregate.reachesBack : aggregate.isValid)
    }

    /// Ascending.
    var starts: [Timestamp] { counted.keys.sorted() }

    /// Whether all these series are there and valid.
    func isComplete(at start: Timestamp, of series: [SeriesID]) -> Bool {
        series.allSatisfy { counted[start]?[$0]?.isUsable ?? false }
    }

    func total(of series: SeriesID, at starts: [Timestamp]) -> Double? {
        let totals = starts.compactMap { counted[$0]?[series]?.total }
        return totals.isEmpty ? nil : totals.reduce(0, +)
    }
}
