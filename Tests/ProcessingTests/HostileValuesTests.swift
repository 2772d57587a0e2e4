import Processing
import Telemetry
import TestKit
import Testing

/// Numbers at the ends of the scale, and those that are none.
@Suite("Aggregation of hostile values")
struct HostileValuesTests {
    private let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func aggregate(_ values: [Double], kind: Quantity.Kind = .gauge) -> Aggregate {
        var accumulator = WindowAccumulator(
            window: Window(.minute, holding: start, days: .utc), rules: AggregationRules(kind: kind))
        for (index, value) in values.enumerated() {
            accumulator.add(time: start + Int64(index), value: value, flag: .good)
        }
        return accumulator.result
    }

    private func merged(_ parts: [Aggregate], kind: Quantity.Kind = .gauge) -> Aggregate {
        var merger = WindowMerger(
            window: Window(.quarter, holding: start, days: .utc), rules: AggregationRules(kind: kind))
        for part in parts { merger.add(part) }
        return merger.result
    }

    @Test("not a number is missing, an infinite one a failure", arguments: Quantity.Kind.allCases)
    func notFinite(kind: Quantity.Kind) {
        let aggregate = aggregate([.nan, .infinity, -.infinity, .signalingNaN, 7], kind: kind)
        #expect(aggregate.count == 1 && aggregate.failCount == 2)
        #expect(aggregate.first == 7 && aggregate.last == 7)
        #expect(aggregate.mean.map { abs($0 - 7) < 1e-12 } ?? false)
    }

    @Test("no mean overflows where its sum would")
    func largeNumbers() {
        let most = Double.greatestFiniteMagnitude
        #expect(aggregate([most, most, most]).mean == most)
        #expect(aggregate([most, -most]).mean.map { abs($0) <= most / 1e15 } ?? false)
        #expect(aggregate([most, -most, most, -most]).mean?.isFinite ?? false)
        #expect(aggregate([1e200, -1e200]).standardDeviation == nil, "no number holds the squares")
        #expect(aggregate([1e200, -1e200]).statistics?.squaredDeviations == .infinity)
        #expect(merged([aggregate([most]), aggregate([-most])]).mean.map { abs($0) <= most / 1e15 } ?? false)
        #expect(merged([aggregate([most, most]), aggregate([most])]).mean == most)
        let whole = merged([aggregate([most, -most]), aggregate([most]), aggregate([0])])
        #expect(whole.statistics?.squaredDeviations == .infinity && whole.standardDeviation == nil)
        #expect(whole.percentiles == Percentiles(p50: 0, p85: most, p95: most))
    }

    @Test("small numbers keep what they differ by")
    func smallNumbers() throws {
        let least = Double.leastNonzeroMagnitude
        let tiny = try #require(aggregate([least, 3 * least]).statistics)
        #expect(tiny.mean == 2 * least && tiny.minimum == least && tiny.maximum == 3 * least)
        #expect(
            aggregate([1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3]).standardDeviation.map { abs($0 - 0.0816496) < 1e-6 } ?? false)
        // One pass over the squares would give 0, or a root of something negative.
        let wide = aggregate([1e15, 1e15 + 1, 1e15 + 2])
        #expect(wide.standardDeviation.map { abs($0 - (2.0 / 3).squareRoot()) < 1e-9 } ?? false)
    }

    @Test("zero has no sign")
    func signedZero() {
        for values in [[-0.0, 0.0], [0.0, -0.0], [-0.0]] {
            let statistics = aggregate(values).statistics
            #expect(statistics?.minimum.sign == .plus && statistics?.maximum.sign == .plus)
            #expect(statistics?.first.sign == .plus && statistics?.last.sign == .plus)
            #expect(aggregate(values).percentiles?.p50.sign == .plus)
        }
        #expect(aggregate([-0.0], kind: .intervalCount).sum?.sign == .plus)
        #expect(aggregate([-0.0], kind: .circular).mean?.sign == .plus)
    }

    @Test("no sum of counts out of a damaged file traps")
    func damagedCounts() {
        var damaged = aggregate([1, 2])
        damaged.count = .max
        damaged.suspectCount = .max
        damaged.failCount = .min
        damaged.increase = .init(total: 1, resets: .max, wraps: .max)
        let whole = merged([damaged, damaged, aggregate([3])])
        #expect(whole.count == .max && whole.suspectCount == .max && whole.increase?.resets == .max)
    }

    @Test("more values than a distribution holds have no percentiles, merged or whole, until they are searched for")
    func overfull() throws {
        let many = (0..<40_000).map { Double($0 * 7919 % 40_000) / 7 }
        let half = aggregate(Array(many.prefix(12_000)))
        #expect(half.percentiles != nil)
        #expect(merged([half, aggregate(Array(many[12_000..<24_000]))]).percentiles == nil)
        let whole = aggregate(many)
        #expect(whole.count == 40_000 && whole.percentiles == nil && whole.distribution == nil)
        #expect(merged([whole, aggregate([1])]).percentiles == nil)
        // Many readings of few values are no difficulty.
        let few = aggregate((0..<40_000).map { Double($0 % 10) })
        #expect(few.percentiles == Percentiles(p50: 4, p85: 8, p95: 9))
        #expect(few.distribution?.total == 40_000)
        var search = PercentileSearch(count: whole.count)
        while search.isOpen {
            for value in many { search.offer(value) }
            search.narrow()
        }
        let sorted = many.sorted()
        #expect(
            search.percentiles == Percentiles(p50: sorted[19_999], p85: sorted[33_999], p95: sorted[37_999]))
    }
}
