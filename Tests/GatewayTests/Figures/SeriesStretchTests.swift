import Processing
import Storage
import Telemetry
import Testing

@testable import Gateway

@Suite("A series' stretch of time")
struct SeriesStretchTests {
    private let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
    private let minute: Int64 = 60_000
    private let hour: Int64 = 3_600_000

    private func minutes(_ range: [Int64], _ value: (Int64) -> Double) -> [(time: Timestamp, value: Double)] {
        range.map { (start + $0 * minute, value($0)) }
    }

    private func readings(_ bench: FiguresBench, _ id: SeriesID, _ length: Int64) throws -> SeriesStretch {
        try SeriesStretch.readings(bench.reader, of: [bench.row(id)], in: start..<(start + length))[0]
    }

    @Test("amounts to what its readings say, flagged ones beside")
    func whole() throws {
        let bench = try FiguresBench()
        let good = Array(Int64(0)..<50)
        let id = try bench.add("d", "pm10", interval: minute, minutes(good) { Double($0) })
        try bench.add("d", "pm10", interval: minute, minutes([55, 56]) { _ in 900 }, flag: .suspect)
        let other = try bench.add("e", "pm10", interval: minute, minutes(good) { _ in 7 })
        let stretch = try readings(bench, id, hour)
        #expect(stretch.readings.count == 52)
        #expect(stretch.whole.count == 50 && stretch.whole.suspectCount == 2 && stretch.whole.expected == 60)
        #expect(stretch.whole.mean == 24.5 && stretch.whole.percentiles?.p50 == 24 && stretch.whole.isValid)
        #expect(stretch.whole.statistics?.maximumTime == start + 49 * minute)
        let both = try SeriesStretch.readings(
            bench.reader, of: [bench.row(other), bench.row(id)], in: start..<(start + hour))
        #expect(both.map(\.whole.count) == [50, 50] && both[0].whole.mean == 7)
    }

    @Test("of a counter counts from the last value before it")
    func counter() throws {
        let bench = try FiguresBench()
        let id = try bench.add(
            "d", "car_count", interval: minute,
            minutes([-3, -2, -1, 0, 1, 2, 3]) { $0 < 2 ? 100 + Double($0) * 10 : 5 })
        try bench.close(until: start + hour)
        let stretch = try readings(bench, id, hour)
        // 90 before it, then 100, 110, a restart to 5, and nothing more.
        #expect(stretch.whole.increase == .init(total: 10 + 10 + 5, resets: 1, since: start - minute))
        #expect(stretch.windows.isEmpty)
    }

    @Test("has gaps where it was silent for more than three intervals")
    func gaps() throws {
        let bench = try FiguresBench()
        let times: [Int64] = [-60, 5, 6, 8, 11, 15, 16, 58]
        let id = try bench.add("d", "pm10", interval: minute, minutes(times) { _ in 1 })
        let stretch = try readings(bench, id, hour)
        let expected = [(0, 5), (11, 15), (16, 58)].map { start + $0.0 * minute..<start + $0.1 * minute }
        #expect(stretch.gaps == expected)
        #expect(stretch.longestStep == 3 * minute)
        let silent = try readings(bench, id, 3 * hour)
        #expect(silent.gaps.last == start + 58 * minute..<start + 180 * minute)
    }

    @Test("begins without a gap where the series begins, and is one where there is nothing")
    func begin() throws {
        let bench = try FiguresBench()
        let young = try bench.add("d", "pm10", interval: minute, minutes(Array(30..<60)) { _ in 1 })
        #expect(try readings(bench, young, hour).gaps.isEmpty)
        let old = try bench.add("e", "pm10", interval: minute, minutes([-90]) { _ in 1 })
        #expect(try readings(bench, old, hour).gaps == [start..<(start + hour)])
    }

    @Test("judges silence by the usual step where no interval is configured")
    func noInterval() throws {
        let bench = try FiguresBench()
        let id = try bench.add("d", "pm10", interval: nil, minutes([0, 2, 4, 6, 8, 40, 42]) { _ in 1 })
        let stretch = try readings(bench, id, hour)
        #expect(stretch.gaps.first == start + 8 * minute..<start + 40 * minute)
        let two = try bench.add("e", "pm10", interval: nil, minutes([0, 50]) { _ in 1 })
        #expect(try readings(bench, two, hour).gaps.isEmpty)
    }

    @Test("of windows amounts to the same as its readings, percentiles too", arguments: Tier.allCases)
    func windows(tier: Tier) throws {
        let bench = try FiguresBench()
        // Two local days, from midnight.
        let begin = Timestamp(rfc3339: "2026-11-21T23:00:00Z")!
        let values = (0..<(2 * 144)).map { (begin + Int64($0) * 10 * minute, Double(($0 * 37) % 101)) }
        let id = try bench.add("d", "pm10", interval: 10 * minute, values)
        let end = begin + 48 * hour
        try bench.close(until: end + hour)
        let stretch = try SeriesStretch(bench.reader, tier, of: bench.row(id), in: begin..<end)
        let plain = try SeriesStretch.readings(bench.reader, of: [bench.row(id)], in: begin..<end)[0]
        #expect(stretch.whole.count == 288 && stretch.whole.expected == 288)
        #expect(stretch.whole.percentiles == plain.whole.percentiles && stretch.whole.percentiles != nil)
        #expect(abs(stretch.whole.mean! - plain.whole.mean!) < 1e-9)
        #expect(stretch.gaps.isEmpty, "\(stretch.gaps)")
        #expect(stretch.windows.count == [.minute: 288, .quarter: 192, .hour: 48, .day: 2][tier])
    }

    @Test("of windows ends with the last that is closed")
    func openWindow() throws {
        let bench = try FiguresBench()
        let id = try bench.add("d", "pm10", interval: minute, minutes(Array(0..<100)) { _ in 1 })
        try bench.close(until: start + 100 * minute)
        let stretch = try SeriesStretch(bench.reader, .hour, of: bench.row(id), in: start..<(start + 100 * minute))
        #expect(stretch.windows.count == 1 && stretch.whole.expected == 60 && stretch.gaps.isEmpty)
        let lost = try SeriesStretch(
            bench.reader, .hour, of: bench.row(id), in: (start + hour)..<(start + 100 * minute))
        #expect(lost.windows.isEmpty && lost.whole.count == 0)
    }

    @Test("of a series whose windows wait longer than others' ends with what is closed of it")
    func lateness() throws {
        let bench = try FiguresBench()
        let id = try bench.add(
            "d", "pm10", interval: minute, minutes(Array(0..<60)) { _ in 1 }, lateness: 30 * minute)
        // Two hours are over, and the second of them still waits.
        try bench.close(until: start + 2 * hour)
        let range = start..<(start + 2 * hour)
        let stretch = try SeriesStretch(bench.reader, .hour, of: bench.row(id), in: range)
        #expect(stretch.whole.expected == 60 && stretch.whole.isValid && stretch.gaps.isEmpty)
    }
}
