import Forwarding
import Telemetry

/// Rows as partners get them.
enum SharedRows {
    static func series(
        _ number: Int = 1, device: String = "aq-0001", quantity: String = "pm2_5", unit: String = "ug/m3",
        kind: Quantity.Kind = .gauge, neighbourhood: String = "Stadshagen", site: String = "",
        type: String = "air_quality"
    ) -> SharedSeries {
        SharedSeries(
            id: SeriesID(number), gateway: "stadshagen-01", device: device, deviceType: type, quantity: quantity,
            unit: unit, kind: kind, neighbourhood: neighbourhood, site: site)
    }

    /// 2024-05-01T00:00:00Z.
    static let start = Timestamp(milliseconds: 1_714_521_600_000)

    static func window(_ number: Int = 0, tier: Tier = .quarter) -> Window {
        let width = Int64(tier.rawValue) * 1000
        return Window(tier: tier, start: start + Int64(number) * width, end: start + Int64(number + 1) * width)
    }

    /// A gauge's, with every figure that one can have.
    static func gauge(_ number: Int = 0, tier: Tier = .quarter, mean: Double = 4.25, count: Int = 90) -> Aggregate {
        let window = window(number, tier: tier)
        var aggregate = Aggregate(
            window: window, count: count, suspectCount: 2, failCount: 1, expected: 90,
            statistics: Aggregate.Statistics(
                mean: mean, squaredDeviations: 9 * Double(count), minimum: mean - 3.5, minimumTime: window.start + 1000,
                maximum: mean + 5e-05, maximumTime: window.start + 2000, first: mean, firstTime: window.start,
                last: mean - 0.1, lastTime: window.start + 3000))
        aggregate.percentiles = Percentiles(p50: mean, p85: mean + 0.1, p95: mean + 0.2)
        return aggregate
    }
}
