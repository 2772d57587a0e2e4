import Telemetry
import Testing

@Suite("Aggregate")
struct AggregateTests {
    private let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func aggregate(count: Int, expected: Int?) -> Aggregate {
        Aggregate(window: Window(.quarter, holding: start, days: .utc), count: count, expected: expected)
    }

    @Test("covers the share of expected readings that are there, never more than all")
    func coverage() {
        #expect(aggregate(count: 45, expected: 90).coverage == 0.5)
        #expect(aggregate(count: 180, expected: 90).coverage == 1)
        #expect(aggregate(count: 0, expected: 90).coverage == 0)
        #expect(aggregate(count: 1, expected: 0).coverage == 1)
        #expect(aggregate(count: 45, expected: nil).coverage == nil)
    }

    /// 2008/50/EC Annex VII: 75 %.
    @Test("is valid from three quarters on, and never when the expectation is not known")
    func validity() {
        #expect(aggregate(count: 3, expected: 4).isValid)
        #expect(!aggregate(count: 74, expected: 100).isValid)
        #expect(aggregate(count: 75, expected: 100).isValid)
        #expect(!aggregate(count: 1000, expected: nil).isValid)
    }

    @Test(
        "expects as many readings as intervals fit, rounded, and at least one",
        arguments: [
            (Tier.quarter, 10_000, 90), (.quarter, 900_000, 1), (.quarter, 3_600_000, 1), (.minute, 7000, 9),
            (.minute, 8000, 8), (.hour, 1, 3_600_000), (.day, 3_600_000, 24),
        ] as [(Tier, Int64, Int)])
    func expectation(tier: Tier, interval: Int64, count: Int) {
        let window = Window(tier, holding: start, days: .utc)
        #expect(window.expectedCount(intervalMilliseconds: interval) == count)
    }

    @Test("expects the right number on days with 23 and 25 hours")
    func expectationOnClockChange() {
        precondition(DayCalendar.useTimeZone("Europe/Amsterdam"))
        let spring = Window(.day, holding: Timestamp(rfc3339: "2026-03-29T12:00:00Z")!, days: .local)
        let autumn = Window(.day, holding: Timestamp(rfc3339: "2026-10-25T12:00:00Z")!, days: .local)
        #expect(spring.expectedCount(intervalMilliseconds: 900_000) == 92)
        #expect(autumn.expectedCount(intervalMilliseconds: 900_000) == 100)
    }

    @Test("expects nothing of a device whose interval is not known")
    func noExpectation() {
        let window = Window(.hour, holding: start, days: .utc)
        #expect(window.expectedCount(intervalMilliseconds: nil) == nil)
        #expect(window.expectedCount(intervalMilliseconds: 0) == nil)
        #expect(window.expectedCount(intervalMilliseconds: -5) == nil)
    }

    @Test("gives the deviation of the readings themselves")
    func deviation() {
        var aggregate = aggregate(count: 8, expected: nil)
        #expect(aggregate.standardDeviation == nil)
        aggregate.statistics = Aggregate.Statistics(
            mean: 5, squaredDeviations: 32, minimum: 2, maximum: 9, first: 2, firstTime: start, last: 9, lastTime: start
        )
        #expect(aggregate.standardDeviation == 2)
    }
}
