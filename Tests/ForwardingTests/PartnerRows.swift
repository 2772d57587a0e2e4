import Forwarding
import Telemetry
import TestKit

/// Rows of a street's aggregates, for partners' servers.
enum PartnerRows {
    static let start = Timestamp(milliseconds: 1_795_428_000_000)

    static func series(
        _ device: String = "aq-0001", gateway: String = "stadshagen-01", quantity: String = "pm2_5",
        unit: String = "ug/m3", kind: Quantity.Kind = .gauge, type: String = "air_quality", id: SeriesID = 1
    ) -> SharedSeries {
        SharedSeries(
            id: id, gateway: gateway, device: device, deviceType: type, quantity: quantity, unit: unit, kind: kind,
            neighbourhood: "Stadshagen", site: "", location: SharedLocation(latitude: 52.5305, longitude: 6.0595))
    }

    /// A quarter of an hour with a mean, and figures around it.
    static func row(
        _ series: SharedSeries, _ number: Int = 0, mean: Double = 12.25, revision: Int = 1,
        fields: SharedFields = .all
    ) -> SharedAggregate {
        let start = start + Int64(number) * 900_000
        var aggregate = Aggregate(
            window: Window(tier: .quarter, start: start, end: start + 900_000), count: 90, suspectCount: 2,
            expected: 92,
            statistics: Aggregate.Statistics(
                mean: mean, squaredDeviations: 90, minimum: mean - 1.1, minimumTime: start + 60_001,
                maximum: mean + 2.3, maximumTime: start + 120_999, first: mean, firstTime: start, last: mean + 0.1,
                lastTime: start + 890_000))
        aggregate.percentiles = Percentiles(p50: mean, p85: mean + 1, p95: mean + 2)
        return SharedAggregate(aggregate, series: series, revision: revision, fields: fields)
    }

    /// A window without a usable reading.
    static func emptyRow(_ series: SharedSeries, _ number: Int = 0, revision: Int = 1) -> SharedAggregate {
        let start = start + Int64(number) * 900_000
        return SharedAggregate(
            Aggregate(window: Window(tier: .quarter, start: start, end: start + 900_000), failCount: 3),
            series: series, revision: revision)
    }

    /// Any aggregate whatever, with hostile names and numbers at the ends of what there is.
    static func random(_ number: Int, using random: inout SeededGenerator) -> SharedAggregate {
        let names = [
            "aq-1", "mast \"7\"", "brug/é", "a\\b", "tab\tnew\nline", "漢字", "semi;colon,comma", "'; DROP TABLE x",
        ]
        let series = SharedSeries(
            id: 1, gateway: "gw-\(Int.random(in: 0...3, using: &random))",
            device: names.randomElement(using: &random) ?? "",
            deviceType: Bool.random(using: &random) ? "" : "traffic", quantity: "q", unit: "%", kind: .gauge,
            neighbourhood: Bool.random(using: &random) ? "" : "Holtenbroek \u{2028}",
            site: Bool.random(using: &random) ? "" : "brug,\"noord\"",
            location: Bool.random(using: &random)
                ? nil : SharedLocation(latitude: 52.1, longitude: -Double.random(in: 0...180, using: &random)))
        func value() -> Double {
            [
                0, -0.0, 0.1, 1e-300, -1.7976931348623157e308, Double.leastNonzeroMagnitude, 123_456_789, 1e15 + 0.5,
                9_007_199_254_740_992,
                Double.random(in: -1e6...1e6, using: &random), .infinity,
            ].randomElement(using: &random) ?? 0
        }
        let start = start + Int64(number) * 900_000
        var aggregate = Aggregate(
            window: Window(tier: .quarter, start: start, end: start + 900_000),
            count: Int.random(in: 0...100_000, using: &random), expected: Bool.random(using: &random) ? nil : 90)
        if Bool.random(using: &random) {
            aggregate.statistics = Aggregate.Statistics(
                mean: value(), squaredDeviations: abs(value()), minimum: value(), maximum: value(),
                maximumTime: start + 1, first: value(), firstTime: start, last: value(), lastTime: start)
        }
        if Bool.random(using: &random) { aggregate.sum = value() }
        if Bool.random(using: &random) {
            aggregate.increase = Aggregate.CounterIncrease(total: value(), resets: 1, wraps: 2, since: start - 5)
        }
        return SharedAggregate(aggregate, series: series, revision: Int.random(in: 1...3, using: &random))
    }
}

/// Hands a sink's cancellation to another thread.
extension Cancellation {
    /// Cancels from a thread of its own, after some time.
    func cancel(afterMilliseconds milliseconds: Int64) {
        Task.detached {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            self.cancel()
        }
    }
}
