import Processing
import Storage
import Telemetry

@testable import Gateway

/// A database in memory with readings and the windows that follow from them.
final class FiguresBench {
    let store: Store
    private var readings: [SeriesID: [(time: Timestamp, value: Double, flag: QualityFlag)]] = [:]
    private var rules: [SeriesID: AggregationRules] = [:]
    private var count: SeriesNumber = 0

    init() throws {
        store = try Store(path: ":memory:")
    }

    var reader: StoreReader { store.reader }

    /// - Parameter interval: milliseconds; nil where none is configured.
    @discardableResult
    func add(
        _ device: String, _ quantity: String, unit: String? = nil, kind: Quantity.Kind? = nil, interval: Int64?,
        _ values: [(time: Timestamp, value: Double)], flag: QualityFlag = .good, lateness: Int64? = nil
    ) throws -> SeriesID {
        let known = QuantityCatalogue()[quantity]
        let made = Quantity(name: quantity, unit: unit ?? known?.unit ?? "1", kind: kind ?? known?.kind ?? .gauge)
        var series = Series(number: count, device: device, quantity: made, intervalMilliseconds: interval)
        series.latenessMilliseconds = lateness
        let stored = try store.identify(series)
        count += 1
        rules[stored.id] = stored.rules
        for (time, value) in values {
            let reading = Reading(series: 0, time: time, value: value, flag: flag)
            guard case .stored = try store.insert(reading, series: stored.id) else { continue }
            readings[stored.id, default: []].append((time, value, flag))
        }
        if let first = readings[stored.id]?.map(\.time).min() { try store.setFirstTime(first, of: stored.id) }
        return stored.id
    }

    /// Computes every window that ends by then, each from its readings.
    func close(until now: Timestamp) throws {
        for (series, found) in readings {
            let sorted = found.sorted { $0.time < $1.time }
            for tier in Tier.allCases {
                let windows = Dictionary(grouping: sorted) { Window(tier, holding: $0.time, days: .local) }
                for (window, readings) in windows where window.end <= now {
                    let before = sorted.last { $0.time < window.start && $0.flag.isUsable }
                    var accumulator = WindowAccumulator(
                        window: window, rules: rules[series]!,
                        base: before.map { CounterBase(value: $0.value, time: $0.time) })
                    for reading in readings {
                        accumulator.add(time: reading.time, value: reading.value, flag: reading.flag)
                    }
                    _ = try store.write(accumulator.result, series: series)
                }
            }
        }
        try store.setState(Core.closedUntilState, now.milliseconds)
        try store.commit()
    }

    func row(_ id: SeriesID) throws -> StoreReader.SeriesRow { try reader.series().first { $0.id == id }! }
}
