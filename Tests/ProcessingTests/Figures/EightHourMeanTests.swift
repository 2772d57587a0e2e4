import Processing
import Telemetry
import TestKit
import Testing

@Suite("Eight-hour means and their daily maximum")
struct EightHourMeanTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private func day(_ noon: String) -> Window {
        Window(.day, holding: Timestamp(rfc3339: noon)!, days: .local)
    }

    /// The hours of a day and the eight before it, by value.
    private func hours(of day: Window, _ value: (Int) -> Double?) -> [HourMean] {
        let count = Int(day.milliseconds / 3_600_000)
        return (-8..<count).compactMap { number in
            value(number).map { HourMean(start: day.start + Int64(number) * 3_600_000, value: $0) }
        }
    }

    private func hour(count: Int, expected: Int?) -> Aggregate {
        let window = Window(.hour, holding: Timestamp(rfc3339: "2026-07-01T12:00:00Z")!, days: .utc)
        var aggregate = Aggregate(window: window, count: count, expected: expected)
        aggregate.statistics = .init(
            mean: 100, squaredDeviations: 0, minimum: 100, maximum: 100, first: 100, firstTime: window.start, last: 100,
            lastTime: window.start)
        return aggregate
    }

    @Test("an hour speaks from 45 of its 60 minutes on, whatever its quantity asks for")
    func hourCoverage() {
        #expect(HourMean(hour(count: 45, expected: 60))?.value == 100)
        #expect(HourMean(hour(count: 44, expected: 60)) == nil)
        #expect(HourMean(hour(count: 60, expected: nil)) == nil)
        var lax = hour(count: 44, expected: 60)
        lax.requiredCoverage = 0.1
        #expect(HourMean(lax) == nil)
        var quarter = hour(count: 60, expected: 60)
        quarter.window = Window(.quarter, holding: quarter.window.start, days: .utc)
        #expect(HourMean(quarter) == nil)
        quarter.window.tier = .hour
        quarter.statistics?.mean = .infinity
        #expect(HourMean(quarter) == nil)
    }

    @Test("eight hours speak from six on")
    func sixHours() throws {
        let end = Timestamp(rfc3339: "2026-07-01T20:00:00Z")!
        let hours = (1...8).map { HourMean(start: end - Int64($0) * 3_600_000, value: Double($0)) }
        #expect(EightHourMean(ending: end, of: hours)?.value == 4.5)
        #expect(EightHourMean(ending: end, of: hours.dropFirst(2))?.value == 5.5)
        #expect(EightHourMean(ending: end, of: hours.dropFirst(2))?.hourCount == 6)
        #expect(EightHourMean(ending: end, of: hours.dropFirst(3)) == nil)
        // Neither the hour that begins at the end nor the one before the first.
        let around = [HourMean(start: end, value: 1000), HourMean(start: end - 9 * 3_600_000, value: 1000)]
        #expect(EightHourMean(ending: end, of: around + hours)?.value == 4.5)
        #expect(EightHourMean(ending: end, of: around + hours.dropLast(3)) == nil)
    }

    @Test("each mean belongs to the day in which it ends: from 17:00–01:00 to 16:00–24:00")
    func firstAndLast() throws {
        let day = day("2026-07-01T12:00:00Z")
        #expect(day.start.description == "2026-06-30T22:00:00.000Z")
        let means = EightHourMean.running(in: day.start..<day.end, of: hours(of: day) { Double($0) })
        #expect(means.count == 24)
        #expect(means.first?.end == day.start + 3_600_000)
        #expect(means.first?.value == -3.5, "hours −7 to 0, the first of which begins at 17:00")
        #expect(means.last?.end == day.end)
        #expect(means.last?.value == 19.5)
        let maximum = DailyMaximum(day: day, of: hours(of: day) { Double($0) })
        #expect(maximum.highest?.end == day.end && maximum.highest?.value == 19.5)
        // High in the last hours of the day before: theirs to count, for as long as means reach back to them.
        let evening = DailyMaximum(day: day, of: hours(of: day) { $0 < 0 ? 160 : 0 })
        #expect(evening.highest?.end == day.start + 3_600_000 && evening.highest?.value == 140)
    }

    @Test(
        "a daily maximum needs three quarters of its means, also on days of 23 and 25 hours",
        arguments: [
            ("2026-07-01T12:00:00Z", 24, 18), ("2026-03-29T12:00:00Z", 23, 18), ("2026-10-25T12:00:00Z", 25, 19),
        ])
    func requiredMeans(noon: String, count: Int, required: Int) {
        let day = day(noon)
        let whole = DailyMaximum(day: day, of: hours(of: day) { _ in 50 })
        #expect(whole.meanCount == count && whole.requiredCount == required && whole.isValid)
        #expect(whole.highest?.end == day.start + 3_600_000, "the earliest of equal ones")
        // The first means of the day: hours up to number n give those that end two hours after n at the latest.
        let enough = DailyMaximum(day: day, of: hours(of: day) { $0 < required - 2 ? 50 : nil })
        #expect(enough.meanCount == required && enough.isValid)
        let tooFew = DailyMaximum(day: day, of: hours(of: day) { $0 < required - 3 ? 50 : nil })
        #expect(tooFew.meanCount == required - 1 && !tooFew.isValid)
        #expect(tooFew.highest?.value == 50)
        let none = DailyMaximum(day: day, of: [])
        #expect(none.highest == nil && !none.isValid && none.meanCount == 0)
    }

    @Test("equals the plain rule over random hours, in whatever order they come", arguments: 0..<100)
    func matchesPlainRule(round: UInt64) {
        var random = SeededGenerator(seed: 0x8E0 + round)
        let noons = ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26", "2026-07-01"]
        let day = day(noons.randomElement(using: &random)! + "T12:00:00Z")
        let density = [100, 90, 75, 50].randomElement(using: &random)!
        var known: [Timestamp: Double] = [:]
        for hour in hours(of: day, { _ in 0 }) where Int.random(in: 0..<100, using: &random) < density {
            known[hour.start] = Double(Int.random(in: -20...2400, using: &random)) / 10
        }
        var expected: [(end: Timestamp, value: Double)] = []
        var end = day.start + 3_600_000
        while end <= day.end {
            let values = (1...8).compactMap { known[end - Int64($0) * 3_600_000] }
            if values.count >= 6 { expected.append((end, values.reduce(0, +) / Double(values.count))) }
            end = end + 3_600_000
        }
        let offered = known.map { HourMean(start: $0.key, value: $0.value) }.shuffled(using: &random)
        let means = EightHourMean.running(in: day.start..<day.end, of: offered)
        #expect(means.map(\.end) == expected.map(\.end))
        #expect(zip(means, expected).allSatisfy { abs($0.value - $1.value) < 1e-9 })
        let maximum = DailyMaximum(day: day, of: offered)
        #expect(maximum.meanCount == expected.count)
        #expect(maximum.highest?.value == means.map(\.value).max())
        #expect(maximum.isValid == (4 * expected.count >= 3 * Int(day.milliseconds / 3_600_000)))
        #expect(DailyMaximum(day: day, of: offered.reversed()) == maximum)
    }
}
