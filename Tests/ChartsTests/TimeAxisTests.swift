import Charts
import Telemetry
import TestKit
import Testing

/// The tests run in Europe/Amsterdam: `TZ` in the Makefile.
@Suite("Axes of time")
struct TimeAxisTests {
    private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }

    private func axis(_ from: String, _ to: String, columns: Int) -> TimeAxis {
        TimeAxis(time(from)..<time(to), columns: columns)
    }

    @Test("of a day have ticks at round local hours, and the date at midnight")
    func day() {
        let axis = axis("2026-11-23T13:05:00Z", "2026-11-24T13:05:00Z", columns: 72)
        #expect(axis.ticks.map(\.label) == ["15:00", "18:00", "21:00", "24 Nov", "03:00", "06:00", "09:00", "12:00"])
        #expect(axis.ticks[0].time == time("2026-11-23T14:00:00Z"))
        #expect(axis.ticks[0].column == 2)
    }

    @Test("on the day of 23 hours have no tick in the hour that is skipped, and the next ones where they belong")
    func spring() {
        let axis = axis("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", columns: 23 * 10)
        #expect(axis.ticks.map(\.label).prefix(5) == ["29 Mar", "01:00", "03:00", "04:00", "05:00"])
        #expect(axis.ticks.map(\.column).prefix(4) == [0, 10, 20, 30])
        #expect(axis.ticks.last?.label == "23:00" && axis.ticks.count == 23)
        let coarse = self.axis("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", columns: 92)
        #expect(coarse.ticks.map(\.label).prefix(3) == ["29 Mar", "04:00", "06:00"])
        // Three hours, then two.
        #expect(coarse.ticks.map(\.column).prefix(3) == [0, 12, 20])
    }

    @Test("on the day of 25 hours have the repeated hour twice where there is room")
    func autumn() {
        let axis = axis("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", columns: 25 * 10)
        #expect(axis.ticks.map(\.label).prefix(6) == ["25 Oct", "01:00", "02:00", "02:00", "03:00", "04:00"])
        #expect(axis.ticks.count == 25 && axis.ticks[3].time == time("2026-10-25T01:00:00Z"))
        let coarse = self.axis("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", columns: 100)
        #expect(coarse.ticks.map(\.label).prefix(3) == ["25 Oct", "02:00", "04:00"])
        #expect(coarse.ticks.map(\.column).prefix(3) == [0, 12, 20])
    }

    @Test("of weeks have ticks at local midnights across the change of the clock")
    func weeks() {
        let axis = axis("2026-10-19T00:00:00Z", "2026-11-02T00:00:00Z", columns: 140)
        #expect(axis.ticks.allSatisfy { WallClock($0.time).minuteOfDay == 0 })
        #expect(axis.ticks.map(\.label).suffix(3) == ["31 Oct", "1 Nov", "2 Nov"])
        let coarse = self.axis("2026-08-01T00:00:00Z", "2026-11-01T00:00:00Z", columns: 120)
        // Mondays.
        #expect(coarse.ticks.map(\.label).prefix(3) == ["3 Aug", "10 Aug", "17 Aug"])
    }

    @Test("of years have months and years, of minutes minutes and seconds")
    func others() {
        let years = axis("2025-06-15T00:00:00Z", "2026-11-24T00:00:00Z", columns: 60)
        #expect(years.ticks.map(\.label).contains("2026"))
        #expect(years.ticks.allSatisfy { WallClock($0.time).day == 1 })
        let minutes = axis("2026-11-24T10:00:00Z", "2026-11-24T10:30:00Z", columns: 60)
        #expect(minutes.ticks.map(\.label) == ["11:00", "11:05", "11:10", "11:15", "11:20", "11:25"])
        let seconds = axis("2026-11-24T10:00:00.500Z", "2026-11-24T10:00:20.500Z", columns: 60)
        #expect(seconds.ticks.first?.label == "11:00:05")
        #expect(axis("1970-01-01T00:00:00Z", "2026-11-24T00:00:00Z", columns: 60).ticks.count > 2)
    }

    @Test("of any stretch have labels beside each other, within the axis", arguments: 0..<300)
    func any(number: Int) {
        var random = SeededGenerator(seed: UInt64(number))
        let start = Timestamp(milliseconds: Int64.random(in: 1_500_000_000_000...2_000_000_000_000, using: &random))
        let length = Int64(pow10(Double.random(in: 4...11.5, using: &random)))
        let axis = TimeAxis(start..<(start + length), columns: 5 + number % 200)
        var free = 0
        for tick in axis.ticks {
            #expect(tick.labelColumn >= free && tick.labelColumn + tick.label.count <= axis.columns, "\(axis.ticks)")
            #expect(axis.place(tick.time, among: axis.columns) == tick.column)
            #expect(abs(tick.labelColumn + tick.label.count / 2 - tick.column) <= tick.label.count)
            free = tick.labelColumn + tick.label.count + 1
        }
        #expect(axis.columns < 50 || axis.ticks.count >= 2, "\(start) \(length): \(axis.ticks)")
    }

    private func pow10(_ exponent: Double) -> Double {
        var value = 1.0
        for _ in 0..<Int(exponent) { value *= 10 }
        return value * (1 + (exponent - exponent.rounded(.down)) * 9)
    }
}
