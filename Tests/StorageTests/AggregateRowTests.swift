@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Aggregates in the file")
struct AggregateRowTests {
    private let store: Store
    private let series: SeriesID
    private static let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    init() throws {
        store = try Store(path: ":memory:")
        series = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
    }

    private static func full(_ tier: Tier) -> Aggregate {
        let window = Window(tier, holding: ten, days: .utc)
        var aggregate = Aggregate(
            window: window, count: 3, suspectCount: 1, failCount: 2, expected: 6, requiredCoverage: 0.5)
        aggregate.statistics = .init(
            mean: 0.1, squaredDeviations: .infinity, minimum: -1, minimumTime: window.end - 1, maximum: 1e300,
            maximumTime: window.start, first: .leastNonzeroMagnitude, firstTime: ten, last: 3, lastTime: ten + 1)
        aggregate.increase = .init(total: 9_007_199_254_740_991, resets: 2, wraps: 1)
        aggregate.sum = 12.5
        aggregate.distribution = Distribution([1.5, 2, 2])
        aggregate.settlePercentiles()
        return aggregate
    }

    private static var direction: Aggregate {
        var aggregate = Aggregate(window: Window(.quarter, holding: ten, days: .utc), count: 2)
        aggregate.direction = DirectionSum(degrees: 350.25, time: ten)
        aggregate.direction?.add(DirectionSum(degrees: -10, time: ten + 1))
        return aggregate
    }

    @Test("are read as they were written, figures of every kind", arguments: Tier.allCases)
    func same(tier: Tier) throws {
        var direction = AggregateRowTests.direction
        direction.window = Window(tier, holding: direction.window.start - 86_400_000, days: .utc)
        for aggregate in [AggregateRowTests.full(tier), direction] {
            #expect(try store.write(aggregate, series: series) == 1)
            #expect(try store.aggregate(aggregate.window, series: series)?.aggregate == aggregate)
            #expect(try store.write(aggregate, series: series) == nil)
        }
    }

    @Test("keep percentiles that were found without a distribution", arguments: Tier.allCases)
    func foundPercentiles(tier: Tier) throws {
        var aggregate = AggregateRowTests.full(tier)
        aggregate.distribution = nil
        aggregate.percentiles = Percentiles(p50: 1, p85: 0.1, p95: -5)
        _ = try store.write(aggregate, series: series)
        #expect(try store.aggregate(aggregate.window, series: series)?.aggregate == aggregate)
    }

    @Test("get a higher revision for each figure that changes")
    func revisions() throws {
        var aggregate = AggregateRowTests.full(.minute)
        #expect(try store.write(aggregate, series: series) == 1)
        let changes: [(inout Aggregate) -> Void] = [
            { $0.statistics?.minimumTime = AggregateRowTests.ten }, { $0.statistics?.maximumTime = nil },
            { $0.increase?.wraps = 0 }, { $0.sum = 12 }, { $0.requiredCoverage = 0.75 },
            {
                $0.distribution = Distribution([1.5, 2, 3])
                $0.settlePercentiles()
            },
            {
                $0.distribution = nil
                $0.settlePercentiles()
            },
            { $0.percentiles = Percentiles(p50: 2, p85: 3, p95: 3) },
            { $0.direction = AggregateRowTests.direction.direction },
        ]
        for (number, change) in changes.enumerated() {
            change(&aggregate)
            // The columns of a direction's ends are those of the statistics'.
            if aggregate.direction != nil { aggregate.statistics = nil }
            #expect(try store.write(aggregate, series: series) == number + 2)
            #expect(try store.aggregate(aggregate.window, series: series)?.aggregate == aggregate, "\(number)")
        }
    }

    @Test("have no percentiles where their distribution is damaged, and do not bring the reader down")
    func damaged() throws {
        let aggregate = AggregateRowTests.full(.minute)
        _ = try store.write(aggregate, series: series)
        try store.database.execute("UPDATE minutes SET distribution = x'FFFFFF'", operation: "damage")
        let read = try #require(try store.aggregate(aggregate.window, series: series)?.aggregate)
        #expect(read.distribution == nil && read.percentiles == nil && read.count == 3)
    }
}
