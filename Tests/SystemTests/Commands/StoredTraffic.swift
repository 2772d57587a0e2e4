import Storage
import Telemetry
import TestKit

/// What is in the file after a flow, compared with what must be there.
struct StoredTraffic {
    let traffic: Traffic
    let reader: StoreReader

    /// How the readings in the file differ from the flow, in words; empty when each is there exactly once.
    func readingDifferences() throws -> [String] {
        var expected: [SeriesIdentity: [Timestamp?: [Double]]] = [:]
        for index in 0..<traffic.count {
            let item = traffic[index]
            expected[SeriesIdentity(device: item.device, quantity: item.quantity), default: [:]][item.time, default: []]
                .append(item.value)
        }
        var found: [String] = []
        let stored = try points()
        for (identity, byTime) in expected {
            let points = stored[identity] ?? []
            if let timeless = byTime[nil] {
                // Only the values can tell these apart.
                if points.map(\.value).sorted() != timeless.sorted() {
                    found.append("\(identity.device): \(points.count) values instead of \(timeless.count), or others")
                }
            } else if points.count != byTime.count || points.contains(where: { byTime[$0.time] != [$0.value] }) {
                found.append("\(identity.device): \(points.count) readings instead of \(byTime.count), or others")
            }
        }
        if stored.count != expected.count { found.append("\(stored.count) series instead of \(expected.count)") }
        return found
    }

    /// How the aggregates differ from a batch computation over the readings in the file.
    func aggregateDifferences() throws -> [String] {
        let closedUntil = Timestamp(milliseconds: try reader.state("closed_until") ?? 0)
        let points = try points()
        var found: [String] = []
        var comparedCount = 0
        for row in try reader.series() {
            let identity = SeriesIdentity(device: row.device, quantity: row.quantity)
            for tier in Tier.allCases {
                var aggregates: [Timestamp: Aggregate] = [:]
                try reader.aggregates(tier, in: .distantPast..<closedUntil, series: row.id) { stored in
                    aggregates[stored.aggregate.window.start] = stored.aggregate
                    return true
                }
                comparedCount += aggregates.count
                let rules = AggregationRules(kind: row.kind, intervalMilliseconds: row.intervalMilliseconds)
                found += BatchWindow.differences(
                    points: points[identity] ?? [], aggregates: aggregates, tier: tier, rules: rules, days: .local,
                    closedUntil: closedUntil
                ).map { "\(row.device) \($0)" }
            }
        }
        if comparedCount == 0 { found.append("there is no aggregate, so nothing was compared") }
        return found
    }

    /// Every reading in the file, by series.
    func points() throws -> [SeriesIdentity: [BatchWindow.Point]] {
        let names = Dictionary(
            uniqueKeysWithValues: try reader.series().map {
                ($0.id, SeriesIdentity(device: $0.device, quantity: $0.quantity))
            })
        var points: [SeriesIdentity: [BatchWindow.Point]] = [:]
        try reader.readings(in: .distantPast..<(.distantFuture)) { row in
            if let name = names[row.series] {
                points[name, default: []].append(.init(time: row.time, value: row.value, flag: row.flag))
            }
            return true
        }
        return points
    }

    /// Whether the ledger balances and agrees with the rows; in words what is wrong, or nil.
    func ledgerComplaint() throws -> String? {
        let sources = try reader.ledger()
        let holdings = try reader.holdings()
        let stored = sources.reduce(0) { $0 + $1.readings.stored }
        if !sources.allSatisfy(\.isBalanced) { return "the ledger does not balance: \(sources)" }
        if stored != holdings.readings { return "\(stored) counted as stored, \(holdings.readings) in the file" }
        return nil
    }
}
