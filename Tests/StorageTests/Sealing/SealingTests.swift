@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Sealing")
struct SealingTests {
    private let start = SealingBench.start
    private let hour = SealingBench.hour

    @Test("seals an hour of a series into one segment, and takes its rows away")
    func oneHour() throws {
        let bench = try SealingBench()
        try bench.fill(360 + 60)
        let portion = try bench.seal(before: start + hour)
        #expect(portion.readings == 360)
        #expect(try bench.rowCount() == 60, "the others are not old enough")
        let segment = try #require(try bench.segments().first)
        #expect(try bench.segments().count == 1)
        #expect((segment.firstTime, segment.lastTime) == (start, start + hour - 10_000))
        #expect(try bench.difference() == nil)
    }

    @Test("waits for 48 readings, or for a day, in which six are enough", arguments: [47, 48, 5, 6])
    func enough(count: Int) throws {
        let bench = try SealingBench()
        try bench.fill(count)
        try bench.seal(before: start + hour)
        #expect(try bench.rowCount() == (count >= 48 ? 0 : count))
        try bench.seal(before: start + 24 * hour)
        #expect(try bench.rowCount() == (count >= 48 ? 0 : count), "a reading of that day may still come")
        try bench.seal(before: start + 24 * hour + 1)
        #expect(try bench.rowCount() == (count >= 6 ? 0 : count))
        #expect(try bench.difference() == nil)
    }

    @Test("leaves a sensor that reports a few times a day as rows, however old")
    func sparse() throws {
        let bench = try SealingBench()
        try bench.fill(40, every: 6 * hour)
        try bench.seal(before: start + 100 * 24 * hour)
        #expect(try bench.rowCount() == 40)
        #expect(try bench.difference() == nil)
    }

    @Test("makes no segment longer than a day or than the most that may be in one")
    func longest() throws {
        var options = StoreOptions()
        options.mostInSegment = 100
        let bench = try SealingBench(options: options)
        try bench.fill(60, every: hour / 2 + 1)
        try bench.fill(250, every: 1000, series: 2)
        try bench.seal(before: start + 100 * hour)
        #expect(try bench.rowCount() == 0)
        let lengths = try bench.segments().map { ($0.series, $0.count) }
        #expect(lengths.filter { $0.0 == 1 }.map(\.1) == [48, 12])
        #expect(lengths.filter { $0.0 == 2 }.map(\.1) == [100, 100, 50])
        #expect(try bench.difference() == nil)
    }

    @Test("holds in one segment exactly a day, and begins another a millisecond later")
    func exactlyADay() throws {
        let bench = try SealingBench()
        for (series, last) in [(1, 24 * hour), (2, 24 * hour + 1)] as [(SeriesID, Int64)] {
            try bench.fill(50, series: series)
            try bench.insert(7, at: start + last, series: series)
        }
        try bench.seal(before: start + 48 * hour)
        #expect(try bench.segments().map(\.count).sorted() == [50, 51])
        #expect(try bench.difference() == nil)
    }

    @Test("does the same in portions, at every limit", arguments: [1, 7, 50, 200])
    func portions(limit: Int) throws {
        var options = StoreOptions()
        options.enoughForSegment = 4
        options.fewestForSegment = 2
        options.rowsInMemory = 30
        let bench = try SealingBench(options: options)
        for series in 1...3 as ClosedRange<SeriesID> {
            try bench.fill(200, every: 10_000 * Int64(series), series: series)
        }
        let portion = try bench.seal(before: start + 3 * hour, limit: limit)
        if limit > 20 { #expect(portion.readings > 500) }
        #expect(try bench.difference() == nil)
    }

    @Test("seals readings of one moment of many series, also where a portion ends within it")
    func sameMoment() throws {
        var options = StoreOptions()
        options.enoughForSegment = 2
        let bench = try SealingBench(options: options, seriesCount: 40)
        for series in 1...40 as ClosedRange<SeriesID> { try bench.fill(5, every: 1, series: series) }
        #expect(try bench.seal(before: start + hour, limit: 90).readings > 100)
        #expect(try bench.difference() == nil)
    }

    @Test("seals the first hour that can be, and leaves what lies outside the years of segments")
    func borders() throws {
        let bench = try SealingBench()
        let zero = Timestamp(milliseconds: 0)
        let end = SegmentID.times.upperBound
        for first in [zero - 50, zero, end - 50, end] { try bench.fill(50, from: first, every: 1) }
        try bench.seal(before: end + 48 * hour)
        #expect(try bench.segments().map(\.firstTime) == [zero, end - 50])
        #expect(try bench.rowCount() == 100)
        #expect(try bench.difference() == nil)
        for isNewestFirst in [false, true] {
            var count = 0
            try bench.store.passOver(.distantPast ..< .distantFuture, of: [1], newestFirst: isNewestFirst) { _ in
                count += 1
                return true
            }
            #expect(count == 200)
        }
    }

    @Test("that is rolled back leaves nothing behind, not in memory either")
    func rolledBack() throws {
        let bench = try SealingBench()
        try bench.fill(100)
        try bench.store.commit()
        _ = try bench.store.seal(from: .distantPast, before: start + hour, limit: 1000)
        #expect(try bench.insert(0, at: start) == .duplicate)
        bench.store.rollback()
        #expect(try bench.rowCount() == 100)
        #expect(bench.store.sealed.end(of: 1) == nil)
        #expect(try bench.insert(0, at: start) == .duplicate)
        #expect(try bench.insert(3, at: start + 5) == .stored(at: start + 5))
        #expect(try bench.seal(before: start + hour).readings == 101)
        #expect(try bench.difference() == nil)
    }
}
