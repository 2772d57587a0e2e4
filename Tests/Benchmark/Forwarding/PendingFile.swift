import Storage
import Telemetry
import TestKit

/// A database in which a million windows wait for a partner, as after a few days without a connection.
struct PendingFile {
    static let partner = "metrics"
    static let seriesCount = 500

    let path: String

    /// - Parameter count: windows, of ``seriesCount`` series.
    init(path: String, count: Int) throws {
        self.path = path
        let store = try Store(path: path)
        try store.enterPartner(PendingFile.partner, backlogMilliseconds: nil)
        let quantity = QuantityCatalogue()["pm2_5"] ?? Quantity(name: "pm2_5", unit: "ug/m3", kind: .gauge)
        let ids = try (0..<PendingFile.seriesCount).map { number in
            try store.identify(
                Series(
                    number: SeriesNumber(number), device: "street-\(number)", quantity: quantity,
                    deviceType: "air_quality", intervalMilliseconds: 10_000)
            ).id
        }
        let minutes = count / PendingFile.seriesCount
        let first = Timestamp(
            milliseconds: Timestamp.now().milliseconds / 60_000 * 60_000 - Int64(minutes + 120) * 60_000)
        for minute in 0..<minutes {
            let window = Window(.minute, holding: first + Int64(minute) * 60_000, days: .utc)
            for (place, id) in ids.enumerated() {
                _ = try store.write(PendingFile.aggregate(window, place: place, minute: minute), series: id)
            }
            try store.recordChanges(now: window.end)
            if minute % 20 == 19 || minute == minutes - 1 { try store.commit() }
        }
        try store.setState("closed_until", (first + Int64(minutes) * 60_000).milliseconds)
        try store.commit()
    }

    /// Six readings of one digit behind the point, as an air station's minute has.
    private static func aggregate(_ window: Window, place: Int, minute: Int) -> Aggregate {
        let values = (0..<6).map { Double((place * 31 + minute * 7 + $0 * 3) % 400) / 10 }
        let mean = values.reduce(0, +) / 6
        var aggregate = Aggregate(window: window, count: 6, expected: 6)
        aggregate.statistics = .init(
            mean: mean, squaredDeviations: values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) },
            minimum: values.min() ?? 0, minimumTime: window.start + 10_000, maximum: values.max() ?? 0,
            maximumTime: window.start + 20_000, first: values[0], firstTime: window.start, last: values[5],
            lastTime: window.start + 50_000)
        aggregate.distribution = Distribution(values)
        aggregate.percentiles = aggregate.distribution?.percentiles
        return aggregate
    }
}
