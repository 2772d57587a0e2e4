import Processing
import Telemetry
import TestKit
import Testing

/// The figures of every kind, of small windows by hand and of random ones against their plain definitions.
@Suite("Aggregation by kind")
struct AggregationTests {
    private let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private func aggregate(
        _ values: [Double], rules: AggregationRules, base: CounterBase? = nil, flag: QualityFlag = .good
    ) -> Aggregate {
        var accumulator = WindowAccumulator(
            window: Window(.minute, holding: start, days: .utc), rules: rules, base: base)
        for (index, value) in values.enumerated() {
            accumulator.add(time: start + Int64(index) * 1000, value: value, flag: flag)
        }
        return accumulator.result
    }

    @Test("gauges have extremes with the times at which they were first reached, and percentiles")
    func gauges() throws {
        let aggregate = aggregate([3, 1, 4, 1, 5, 5], rules: AggregationRules(kind: .gauge))
        let statistics = try #require(aggregate.statistics)
        #expect(statistics.minimum == 1 && statistics.minimumTime == start + 1000)
        #expect(statistics.maximum == 5 && statistics.maximumTime == start + 4000)
        #expect(aggregate.percentiles == Percentiles(p50: 3, p85: 5, p95: 5))
        #expect(aggregate.distribution == Distribution([1, 1, 3, 4, 5, 5]))
        #expect(aggregate.sum == nil && aggregate.increase == nil && aggregate.direction == nil)
    }

    @Test("interval counts have a sum besides")
    func intervalCounts() {
        let aggregate = aggregate([3, 0, 4], rules: AggregationRules(kind: .intervalCount))
        #expect(aggregate.sum == 7)
        #expect(aggregate.percentiles?.p50 == 3)
        #expect(self.aggregate([], rules: AggregationRules(kind: .intervalCount)).sum == nil)
    }

    @Test("events have their number, and expect none")
    func events() {
        let aggregate = aggregate([1, 1, 1], rules: AggregationRules(kind: .event, intervalMilliseconds: 10_000))
        #expect(aggregate.count == 3)
        #expect(aggregate.expected == nil && aggregate.percentiles == nil && aggregate.sum == nil)
    }

    @Test("directions have their vector mean, and no arithmetic figures")
    func directions() {
        let aggregate = aggregate([350, 10], rules: AggregationRules(kind: .circular))
        #expect(aggregate.mean == 0)
        #expect(aggregate.statistics == nil && aggregate.standardDeviation == nil && aggregate.percentiles == nil)
        #expect(aggregate.first == 350 && aggregate.last == 10)
        #expect(aggregate.resultantLength.map { abs($0 - 0.984_807_753) < 1e-9 } ?? false)
        #expect(self.aggregate([0, 180], rules: AggregationRules(kind: .circular)).mean == nil)
    }

    @Test("the vector mean of merged windows is that of their readings")
    func mergedDirections() {
        let rules = AggregationRules(kind: .circular)
        // Means of 20° and 90° would have a mean of 55°.
        var merger = WindowMerger(window: Window(.quarter, holding: start, days: .utc), rules: rules)
        merger.add(aggregate([350, 10, 60], rules: rules))
        merger.add(aggregate([90], rules: rules))
        let whole = aggregate([350, 10, 60, 90], rules: rules)
        #expect(merger.result.mean.map { abs($0 - whole.mean!) < 1e-12 } ?? false)
        merger = WindowMerger(window: Window(.quarter, holding: start, days: .utc), rules: rules)
        merger.add(aggregate([350], rules: rules))
        merger.add(aggregate([10], rules: rules))
        #expect(merger.result.mean == 0)
    }

    @Test("a counter's window that counts what passed in a gap is not valid, and says since when")
    func counterAfterGap() {
        let rules = AggregationRules(kind: .counter, intervalMilliseconds: 10_000)
        let values: [Double] = [100, 110, 120, 130, 140, 150]
        func minute(since seconds: Int64) -> Aggregate {
            aggregate(values, rules: rules, base: CounterBase(value: 50, time: start - seconds * 1000))
        }
        #expect(minute(since: 10).isValid && minute(since: 15).isValid)
        #expect(!minute(since: 16).isValid && minute(since: 16).reachesBack)
        #expect(minute(since: 16).increase == .init(total: 100, resets: 0, since: start - 16_000))
        // An hour may lack a quarter, and so may it reach back.
        var hour = WindowMerger(window: Window(.hour, holding: start, days: .utc), rules: rules)
        hour.add(minute(since: 900))
        #expect(!hour.result.reachesBack && hour.result.increase?.since == start - 900_000)
        hour = WindowMerger(window: Window(.hour, holding: start, days: .utc), rules: rules)
        hour.add(minute(since: 901))
        hour.add(aggregate(values, rules: rules))
        #expect(hour.result.reachesBack && hour.result.increase?.since == start - 901_000)
    }

    @Test("counters wrap only where their width is known and the increase can be")
    func counters() throws {
        let width = try #require(CounterWidth(bits: 8))
        let plain = AggregationRules(kind: .counter)
        let wide = AggregationRules(kind: .counter, counterWidth: width)
        let values: [Double] = [250, 255, 4, 9, 0]
        #expect(aggregate(values, rules: plain).increase == .init(total: 5 + 4 + 5 + 0, resets: 2))
        #expect(aggregate(values, rules: wide).increase == .init(total: 5 + 5 + 5 + 0, resets: 1, wraps: 1))
        let base = CounterBase(value: 254, time: start - 10_000)
        #expect(
            aggregate([3], rules: wide, base: base).increase == .init(total: 5, resets: 0, wraps: 1, since: base.time))
        let longAgo = CounterBase(value: 254, time: start - 26_000)
        #expect(aggregate([3], rules: wide, base: longAgo).increase == .init(total: 3, resets: 1, since: longAgo.time))
        #expect(aggregate([3], rules: plain).increase == .init(total: 0, resets: 0))
        #expect(aggregate([], rules: plain, base: base).increase == nil)
        // A jump is for quality control to find; whole numbers stay whole.
        #expect(aggregate([5, 5 + 0x1p32], rules: plain).increase?.total == 0x1p32)
        #expect(aggregate([0, 0x1p53 - 1], rules: plain).increase?.total == 0x1p53 - 1)
    }

    @Test("suspect, failed and missing readings are in no figure of any kind", arguments: Quantity.Kind.allCases)
    func unusable(kind: Quantity.Kind) {
        let rules = AggregationRules(kind: kind)
        for (flag, counts) in [(QualityFlag.suspect, (1, 0)), (.fail, (0, 1)), (.missing, (0, 0))] {
            let aggregate = aggregate([5], rules: rules, flag: flag)
            #expect(aggregate.count == 0 && (aggregate.suspectCount, aggregate.failCount) == counts)
            #expect(aggregate.mean == nil && aggregate.increase == nil && aggregate.sum == nil)
            #expect(aggregate.percentiles == nil && aggregate.distribution == nil && aggregate.direction == nil)
        }
    }

    @Test("is valid from its quantity's coverage on")
    func validity() {
        var quantity = Quantity(name: "x", unit: "1", kind: .gauge)
        let readings = [Double](repeating: 1, count: 4)
        func isValid() -> Bool {
            aggregate(readings, rules: AggregationRules(of: quantity, intervalMilliseconds: 12_000)).isValid
        }
        #expect(isValid())
        quantity.requiredCoverage = 0.8
        #expect(isValid())
        quantity.requiredCoverage = 0.9
        #expect(!isValid())
    }

    @Test(
        "equals its plain definition, merged from minutes through quarters, also when clocks change", arguments: 0..<300
    )
    func matchesDefinition(round: UInt64) throws {
        var street = RandomSeries(seed: 0xA66 + round)
        let begins = ["2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z", "2026-11-23T10:00:00Z"]
        let points = street.points(from: Timestamp(rfc3339: begins[Int(round) % 3])!)
        let days = DayCalendar.local
        var written: [Tier: [Timestamp: Aggregate]] = [:]
        for tier in Tier.allCases {
            for (window, members) in Dictionary(grouping: points, by: { Window(tier, holding: $0.time, days: days) }) {
                let before = points.last { $0.time < window.start && $0.flag.isUsable }
                var result: Aggregate
                if let finer = tier.finer {
                    var merger = WindowMerger(window: window, rules: street.rules)
                    let parts = written[finer, default: [:]].values.filter { window.start <= $0.window.start }
                        .filter { $0.window.end <= window.end }.sorted { $0.window.start < $1.window.start }
                    for part in parts { merger.add(part) }
                    result = merger.result
                } else {
                    let base = before.map { CounterBase(value: $0.value, time: $0.time) }
                    var accumulator = WindowAccumulator(window: window, rules: street.rules, base: base)
                    for point in members { accumulator.add(time: point.time, value: point.value, flag: point.flag) }
                    result = accumulator.result
                }
                written[tier, default: [:]][window.start] = result
                let found = PlainFigures(members, rules: street.rules, before: before).differences(from: result)
                #expect(found.isEmpty, "seed \(street.seed) \(street.rules.kind) \(tier.name) \(window.start)")
                #expect(
                    result.window == window && [23, 24, 25].contains(window.milliseconds / 3_600_000) == (tier == .day))
                #expect(result.distribution == nil || tier.isMergedFurther)
            }
        }
    }

    @Test("gives the same bits for the same readings in the same order", arguments: 0..<50)
    func deterministic(round: UInt64) {
        var series = RandomSeries(seed: 0xDE7 + round)
        let points = series.points(from: start)
        let window = Window(.day, holding: start, days: .utc)
        func whole() -> Aggregate {
            var accumulator = WindowAccumulator(window: window, rules: series.rules)
            for point in points { accumulator.add(time: point.time, value: point.value, flag: point.flag) }
            return accumulator.result
        }
        #expect(whole() == whole())
    }

    @Test("a part without a figure leaves the whole without it")
    func unknownParts() {
        let rules = AggregationRules(kind: .intervalCount)
        let quarter = Window(.quarter, holding: start, days: .utc)
        // As it was written before distributions and sums were kept.
        var earlier = aggregate([5], rules: rules)
        (earlier.distribution, earlier.percentiles, earlier.sum) = (nil, nil, nil)
        var merger = WindowMerger(window: quarter, rules: rules)
        merger.add(earlier)
        merger.add(aggregate([1, 2], rules: rules))
        #expect(merger.result.count == 3 && merger.result.mean.map { abs($0 - 8.0 / 3) < 1e-15 } ?? false)
        #expect(merger.result.percentiles == nil && merger.result.sum == nil)
        // A window without usable readings takes nothing away.
        merger = WindowMerger(window: quarter, rules: rules)
        merger.add(aggregate([], rules: rules))
        merger.add(aggregate([1, 2], rules: rules))
        merger.add(aggregate([9], rules: rules, flag: .fail))
        #expect(merger.result.sum == 3 && merger.result.percentiles?.p95 == 2 && merger.result.failCount == 1)
    }
}
