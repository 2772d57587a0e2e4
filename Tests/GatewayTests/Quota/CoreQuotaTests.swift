import Glibc
import Processing
import Telemetry
import TestKit
import Testing

@testable import Gateway
@testable import Storage

@Suite("Core's quota")
struct CoreQuotaTests {
    private let hour = CoreBench.hour
    private let day = CoreBench.day

    @Test("readings go first, the oldest of them; then minutes, quarters and hours, each when nothing finer is left")
    func order() throws {
        let bench = try CoreBench(seed: 1)
        try bench.fill([0, 2], hours: 192, every: 300_000)
        let days = try bench.aggregates(of: 0, tier: .day)
        var conditions: [QuotaStanding.Condition] = []
        while conditions.last != .tooSmall, conditions.count < 100 {
            bench.limit(bytes: try bench.space().usedBytes * 94 / 100)
            try bench.keepWithinQuota()
            conditions.append(bench.core.quota.condition)
            let (reach, removals) = (try bench.reach(), try bench.removals())
            let floor = bench.core.quota.rawFloor
            #expect(try #require(reach.readings) >= floor - day, "at most what was begun is left below it")
            if removals.aggregates[.minute] != nil { #expect(try #require(reach.readings) >= floor) }
            if removals.aggregates[.quarter] != nil {
                #expect(try #require(reach.aggregates[.minute]) >= floor - 2 * day)
            }
            if removals.aggregates[.hour] != nil {
                #expect(try #require(reach.aggregates[.quarter]) >= floor - 2 * day)
            }
        }
        #expect(conditions.count > 3 && conditions.dropLast().allSatisfy { $0 == .within }, "\(conditions)")
        let removals = try bench.removals()
        #expect(removals.readings[.retention] == nil && removals.readings[.quota] ?? 0 > 0)
        #expect([.minute, .quarter, .hour].allSatisfy { removals.aggregates[$0]?[.quota] ?? 0 > 0 }, "\(removals)")
        #expect(removals.aggregates[.day] == nil)
        #expect(try bench.aggregates(of: 0, tier: .day) == days)
        // The newest day of readings, and the windows from which what may still come is computed.
        let reach = try bench.reach()
        #expect(try #require(reach.readings) <= bench.clock.now - day)
        #expect(try #require(reach.aggregates[.hour]) <= bench.clock.now - 3 * day)
        #expect(try bench.imbalance() == nil)
    }

    @Test("goes down to the lower mark and begins again at the upper one")
    func hysteresis() throws {
        let bench = try CoreBench(seed: 1)
        try bench.fill([0, 2], hours: 192, every: 300_000)
        let full = try bench.space().usedBytes
        let limits = QuotaSettings(bytes: full * 9 / 10)
        bench.limit(bytes: limits.bytes)
        try bench.keepWithinQuota()
        let left = try bench.space().usedBytes
        #expect(left <= limits.lowerMark && left > limits.lowerMark - full / 10)
        let before = try bench.removals()
        // Between the marks nothing begins.
        bench.limit(bytes: left * 100 / 96)
        try bench.keepWithinQuota()
        #expect(try bench.removals() == before)
        bench.limit(bytes: left * 100 / 98)
        try bench.keepWithinQuota()
        #expect(try bench.removals() != before)
        #expect(try bench.space().usedBytes <= QuotaSettings(bytes: left * 100 / 98).lowerMark)
    }

    @Test("a reading of a time whose readings went is put aside, and changes no window, also after a restart")
    func lateReading() throws {
        let bench = try CoreBench(seed: 1)
        try bench.fill([0, 2], hours: 72, every: 60_000)
        bench.limit(bytes: try bench.space().usedBytes * 95 / 100)
        try bench.keepWithinQuota()
        let floor = bench.core.quota.rawFloor
        #expect(floor > bench.start + hour)
        let tiers = try Tier.allCases.map { try bench.aggregates(of: 0, tier: $0) }
        try bench.take([.init(series: 0, time: floor - 1, value: 3)])
        try bench.commit()
        try bench.restart()
        #expect(bench.core.quota.rawFloor == floor)
        try bench.take([.init(series: 0, time: bench.start + 500, value: 3)])
        try bench.advance(milliseconds: hour)
        #expect(try Tier.allCases.map { try bench.aggregates(of: 0, tier: $0) } == tiers)
        #expect(try bench.held().payloads.count == 2)
        try bench.take([.init(series: 0, time: floor + 500, value: 3)])
        try bench.advance(milliseconds: hour)
        #expect(try bench.held().payloads.count == 2, "what is kept is kept whole")
        #expect(try bench.aggregates(of: 0, tier: .minute)[floor]?.count == 2)
    }

    @Test("waits for a late minute to be computed")
    func waiting() throws {
        let bench = try CoreBench(seed: 1)
        try bench.fill([0, 2], hours: 192, every: 300_000)
        let late = bench.start + 2 * hour
        try bench.take([.init(series: 0, time: late, value: 6)])
        bench.limit(bytes: try bench.space().usedBytes * 9 / 10)
        try bench.keepWithinQuota()
        #expect(bench.core.quota.condition == .tooSmall)
        try bench.advance(milliseconds: 60_000)
        let minute = Window(.minute, holding: late, days: .utc).start
        #expect(try bench.aggregates(of: 0, tier: .minute)[minute]?.count == 2)
        try bench.keepWithinQuota()
        #expect(bench.core.quota.condition == .within, "now it may go")
        #expect(try #require(try bench.reach().readings) > minute)
    }

    @Test("a clock that is years ahead takes none of what is new")
    func wrongClock() throws {
        let bench = try CoreBench(seed: 1)
        try bench.fill([0], hours: 20, every: 60_000)
        try bench.keepWithinQuota()
        bench.limit(bytes: 65_536)
        try bench.keepWithinQuota()
        bench.clock.step(to: bench.clock.now + 4 * 365 * day)
        try bench.closeWindows()
        try bench.keepWithinQuota()
        #expect(bench.core.quota.condition == .tooSmall)
        #expect(try bench.removals().readingCount == 0)
    }

    @Test("the file shrinks, also when a reload has just given it a quota")
    func shrinks() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("poort.db")
        let bench = try CoreBench(seed: 1, path: path)
        try bench.take((0..<30_000).map { .init(series: 0, time: bench.start + Int64($0), value: 5) })
        try bench.finish()
        let quota = try bench.space().usedBytes / 2
        bench.limit(bytes: quota)
        try bench.keepWithinQuota()
        #expect(try bench.space().fileBytes <= quota)
        try bench.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "checkpoint")
        var file = stat()
        #expect(stat(path, &file) == 0 && Int64(file.st_size) <= quota)
        bench.limit(bytes: nil)
        try bench.keepWithinQuota()
        #expect(bench.core.quota.condition == .none)
    }
}
