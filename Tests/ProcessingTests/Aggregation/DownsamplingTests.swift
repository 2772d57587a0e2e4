import Processing
import Telemetry
import TestKit
import Testing

@Suite("Downsampling")
struct DownsamplingTests {
    private let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func window(_ tier: Tier) -> Window { Window(tier, holding: start, days: .utc) }

    private func accumulate(
        _ values: [(Int64, Double)], kind: Quantity.Kind = .gauge, base: Double? = nil
    ) -> Aggregate {
        var accumulator = WindowAccumulator(
            window: window(.minute), rules: AggregationRules(kind: kind),
            base: base.map { CounterBase(value: $0, time: start - 1000) })
        for (offset, value) in values { accumulator.add(time: start + offset, value: value, flag: .good) }
        return accumulator.result
    }

    @Test("computes the figures of a small window")
    func smallWindow() throws {
        let aggregate = accumulate([(0, 2), (10_000, 4), (20_000, 4), (30_000, 4), (40_000, 5), (50_000, 5)])
        let statistics = try #require(aggregate.statistics)
        #expect(aggregate.count == 6)
        #expect(statistics.mean == 4)
        #expect(aggregate.standardDeviation == 1)
        #expect(statistics.minimum == 2)
        #expect(statistics.maximum == 5)
        #expect(statistics.first == 2)
        #expect(statistics.last == 5)
    }

    @Test("leaves suspect and failed readings out of the figures and counts them beside")
    func leavesBadOnesOut() {
        var accumulator = WindowAccumulator(window: window(.minute), rules: AggregationRules(kind: .gauge))
        for (value, flag) in [(1.0, QualityFlag.good), (99, .fail), (50, .suspect), (3, .unknown), (0, .missing)] {
            accumulator.add(time: start, value: value, flag: flag)
        }
        let aggregate = accumulator.result
        #expect(aggregate.count == 2)
        #expect(aggregate.suspectCount == 1)
        #expect(aggregate.failCount == 1)
        #expect(aggregate.statistics?.mean == 2)
    }

    @Test("has no figures in a window without usable readings")
    func emptyWindow() {
        #expect(accumulate([]).statistics == nil)
        #expect(accumulate([]).standardDeviation == nil)
    }

    @Test("counts what a counter counted, over resets and from the value before the window")
    func counters() {
        #expect(accumulate([(0, 10), (1, 15)], kind: .counter).increase == .init(total: 5, resets: 0))
        let since = Timestamp(rfc3339: "2026-11-23T09:59:59Z")
        #expect(
            accumulate([(0, 10), (1, 15)], kind: .counter, base: 4).increase
                == .init(total: 11, resets: 0, since: since))
        #expect(
            accumulate([(0, 10), (1, 3), (2, 5)], kind: .counter, base: 8).increase
                == .init(total: 7, resets: 1, since: since))
        #expect(
            accumulate([(0, 2)], kind: .counter, base: 100).increase == .init(total: 2, resets: 1, since: since))
    }

    @Test("knows the coverage only where the interval is known")
    func coverage() {
        var aggregate = Aggregate(window: window(.quarter), count: 6, expected: 6)
        #expect(aggregate.coverage == 1)
        #expect(aggregate.isValid)
        aggregate.expected = 8
        #expect(aggregate.coverage == 0.75)
        #expect(aggregate.isValid)
        aggregate.expected = 9
        #expect(!aggregate.isValid)
        aggregate.expected = nil
        #expect(aggregate.coverage == nil)
        #expect(!aggregate.isValid)
        #expect(window(.quarter).expectedCount(intervalMilliseconds: 147_000) == 6)
        #expect(window(.minute).expectedCount(intervalMilliseconds: 900_000) == 1)
    }

    @Test("gives the same, however the window is split", arguments: 0..<200)
    func anySplit(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xD0E5 + round)
        let isCounter = Bool.random(using: &random)
        let kind: Quantity.Kind = isCounter ? .counter : .gauge
        let offset = [0, 1e6, -1e9].randomElement(using: &random)!
        var values: [Double] = []
        var total = 0.0
        for _ in 0..<Int.random(in: 1...400, using: &random) {
            if isCounter {
                total =
                    Int.random(in: 0..<40, using: &random) == 0
                    ? 0 : total + Double(Int.random(in: 0...9, using: &random))
                values.append(total)
            } else {
                values.append(offset + Double.random(in: -50...50, using: &random))
            }
        }
        let rules = AggregationRules(kind: kind)
        var whole = WindowAccumulator(window: window(.quarter), rules: rules)
        for (index, value) in values.enumerated() { whole.add(time: start + Int64(index), value: value, flag: .good) }
        var merger = WindowMerger(window: window(.quarter), rules: rules)
        var index = 0
        while index < values.count {
            let end = min(values.count, index + Int.random(in: 1...60, using: &random))
            var part = WindowAccumulator(
                window: window(.minute), rules: rules,
                base: index > 0 ? CounterBase(value: values[index - 1], time: start + Int64(index - 1)) : nil)
            for position in index..<end {
                part.add(time: start + Int64(position), value: values[position], flag: .good)
            }
            merger.add(part.result)
            index = end
        }
        let (merged, expected) = (merger.result, whole.result)
        #expect(merged.count == expected.count)
        #expect(merged.increase == expected.increase, "counters are whole numbers and must agree exactly")
        let (ours, theirs) = (try #require(merged.statistics), try #require(expected.statistics))
        #expect(ours.first == theirs.first && ours.last == theirs.last)
        #expect(ours.minimum == theirs.minimum && ours.maximum == theirs.maximum)
        #expect(abs(ours.mean - theirs.mean) <= 1e-9 * max(1, abs(theirs.mean)))
        // Against the plain two-pass formula.
        let mean = values.reduce(0, +) / Double(values.count)
        let deviations = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs(ours.squaredDeviations - deviations) <= 1e-6 * max(1, deviations))
    }
}
