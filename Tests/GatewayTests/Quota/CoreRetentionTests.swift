import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

@Suite("Core's retention")
struct CoreRetentionTests {
    private let day: Int64 = 86_400_000

    @Test("removes what is older than it keeps, and keeps the aggregates of what it removed")
    func removes() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 10 * day)
        for minute in 0..<30 {
            try bench.take([.init(series: 0, time: bench.start + Int64(minute) * 60_000, value: 5)])
        }
        try bench.finish()
        let before = try bench.aggregates(of: 0, tier: .minute)
        try bench.advance(milliseconds: 11 * day)
        try bench.removeExpired()
        #expect(try bench.storedPoints().allSatisfy { $0.points.isEmpty })
        #expect(try bench.aggregates(of: 0, tier: .minute) == before)
        #expect(try bench.imbalance() == nil)
    }

    @Test("leaves whole what a late reading may still be added to")
    func lateAtTheBorder() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 10 * day)
        for second in 0..<60 {
            try bench.take([.init(series: 0, time: bench.start + Int64(second) * 1000, value: Double(second))])
        }
        try bench.finish()
        // Half of the minute is older than ten days now, and a reading of its other half still comes.
        try bench.advance(milliseconds: bench.start + 10 * day + 30_000 - bench.clock.now)
        try bench.removeExpired()
        try bench.take([.init(series: 0, time: bench.start + 45_500, value: 100)])
        try bench.advance(milliseconds: 60_000)
        let minute = try #require(try bench.aggregates(of: 0, tier: .minute)[bench.start])
        #expect(minute.count == 61)
        #expect(minute.statistics?.first == 0)
    }

    @Test("waits for a late minute to be computed, even when a reload has just shortened what is kept")
    func shortenedMeanwhile() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 30 * day)
        for second in 0..<10 as Range<Int64> {
            try bench.take([.init(series: 0, time: bench.start + second * 1000, value: 5)])
        }
        try bench.finish()
        try bench.take([.init(series: 0, time: bench.start + 10_000, value: 6)])
        bench.keep(raw: day)
        try bench.removeExpired()
        try bench.advance(milliseconds: 60_000)
        #expect(try bench.aggregates(of: 0, tier: .minute)[bench.start]?.count == 11)
        try bench.removeExpired()
        #expect(try bench.storedPoints()[0].points.isEmpty, "now it may go")
    }

    @Test("forgets what was to be judged with the readings: their aggregates stay when the series comes back")
    func unjudged() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 10 * day)
        for second in [0, 20, 10] as [Int64] {
            try bench.take([.init(series: 0, time: bench.start + second * 1000, value: 5)])
        }
        try bench.commit()
        try bench.restartKnowingNothing()
        try bench.finish()
        #expect(try bench.unjudgedCount() == 1)
        #expect(try bench.aggregates(of: 0, tier: .minute)[bench.start]?.count == 3)
        try bench.advance(milliseconds: 11 * day)
        try bench.removeExpired()
        #expect(try bench.unjudgedCount() == 0)
        try bench.restart()
        try bench.take([.init(series: 0, time: bench.clock.now, value: 5)])
        try bench.finish()
        #expect(try bench.aggregates(of: 0, tier: .minute)[bench.start]?.count == 3)
    }

    @Test("removes no part of a minute, which would be computed from what is left")
    func wholeMinutes() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 10 * day)
        for second in 0..<60 as Range<Int64> {
            try bench.take([.init(series: 0, time: bench.start + second * 1000, value: 5)])
        }
        try bench.finish()
        try bench.advance(milliseconds: bench.start + 10 * day + 3_630_000 - bench.clock.now)
        try bench.removeExpired()
        #expect(try bench.storedPoints()[0].points.count == 60)
    }

    @Test("keeps the minutes of a quarter to which a late reading may still be added")
    func lateInACoarseWindow() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 10 * day, tiers: [.minute: 10 * day, .quarter: 10 * day])
        for minute in [0, 14] as [Int64] {
            try bench.take([.init(series: 0, time: bench.start + minute * 60_000, value: 5)])
        }
        try bench.finish()
        try bench.advance(milliseconds: bench.start + 10 * day + 300_000 - bench.clock.now)
        try bench.removeExpired()
        try bench.take([.init(series: 0, time: bench.start + 14 * 60_000 + 1000, value: 6)])
        try bench.advance(milliseconds: 60_000)
        #expect(try bench.aggregates(of: 0, tier: .quarter)[bench.start]?.count == 3)
        #expect(try bench.aggregates(of: 0, tier: .hour)[bench.start]?.count == 3)
    }

    @Test("a clock that is years ahead for a while removes nothing, and closes nothing for good")
    func wrongClock() throws {
        let bench = try CoreBench(seed: 1)
        bench.keep(raw: 10 * day)
        try bench.take([.init(series: 0, time: bench.start, value: 5)])
        try bench.advance(milliseconds: 120_000)
        try bench.removeExpired()
        let right = bench.clock.now
        bench.clock.step(to: right + 4 * 365 * day)
        try bench.closeWindows()
        try bench.removeExpired()
        try bench.crash()
        try bench.advance(milliseconds: day / 2)
        try bench.removeExpired()
        #expect(try bench.storedPoints()[0].points.count == 1)

        let minute = Window(.minute, holding: right + day / 2, days: .utc).start
        bench.clock.step(to: minute)
        try bench.closeWindows()
        for second in 0..<60 {
            try bench.take([.init(series: 0, time: minute + Int64(second) * 1000, value: 5)])
            try bench.advance(milliseconds: 1000)
        }
        try bench.advance(milliseconds: 120_000)
        #expect(try bench.revision(of: 0, tier: .minute, start: minute) == 1, "it was computed once, when it was over")
        #expect(try bench.aggregates(of: 0, tier: .minute)[minute]?.count == 60)
    }

    @Test("gives back the space of what it removed")
    func shrinks() throws {
        let directory = TemporaryDirectory()
        let bench = try CoreBench(seed: 1, path: directory.file("poort.db"))
        bench.keep(raw: 10 * day)
        try bench.take((0..<30_000).map { .init(series: 0, time: bench.start + Int64($0), value: 1 / 3) })
        try bench.finish()
        let before = try StoreReader(path: directory.file("poort.db")).sizeBytes()
        try bench.advance(milliseconds: 11 * day)
        try bench.removeExpired()
        #expect(try StoreReader(path: directory.file("poort.db")).sizeBytes() < before / 4)
    }
}
