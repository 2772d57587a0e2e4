import Processing
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// A box without a real-time clock boots in 1970.
@Suite("Core on a box whose clock is not right yet")
struct CoreClockTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let boot1970 = Timestamp(milliseconds: 20_000)
    private let evening = ClockBench.evening
    private let morning = ClockBench.morning

    @Test("stores what has no time against the boot, and files it to the millisecond once the clock is right")
    func rebase() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        for value in 1...3 {
            try bench.deliver(value)
            try bench.commit()
            try bench.pass(milliseconds: 1500)
        }
        #expect(try bench.stored().isEmpty && bench.core.undatedCount == 3)
        #expect(try bench.readings().stored == 3)
        #expect(bench.core.schedule.closedUntil == evening, "no window ends by a wrong clock")
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(
            try bench.stored() == [
                .init(time: morning - 4500, value: 1), .init(time: morning - 3000, value: 2),
                .init(time: morning - 1500, value: 3),
            ])
        #expect(try bench.store.boots().isEmpty && bench.core.undatedCount == 0)
        try bench.pass(milliseconds: 180_000)
        let minute = try #require(try bench.minute(morning - 60_000))
        #expect(minute.count == 3 && minute.statistics?.firstTime == morning - 4500)
        try bench.deliver(4)
        try bench.commit()
        #expect(try bench.stored().last == .init(time: morning + 180_000, value: 4))
    }

    @Test("a clock that is earlier than the database is not believed until it has passed that, or is set")
    func behindTheFloor() throws {
        let bench = try ClockBench(path: path, wall: evening - 60_000)
        try bench.deliver(1)
        #expect(bench.keeper.trust.verdict == .behind(evening))
        try bench.pass(milliseconds: 60_000)
        #expect(bench.keeper.trust.isTrusted)
        #expect(try bench.stored() == [.init(time: evening - 60_000, value: 1)])
    }

    @Test("a burst within a millisecond keeps its order, each reading with a time of its own")
    func burst() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        for value in 1...5 { try bench.deliver(value) }
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(try bench.stored() == (1...5).map { .init(time: morning + Int64($0) - 1, value: Double($0)) })
    }

    @Test("times that a sensor gives relative to now are kept so")
    func relative() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver(
            "pack/d", #"[{"n":"temperature","u":"Cel","v":1,"t":-100},{"n":"temperature","v":2,"u":"Cel"}]"#)
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(
            try bench.stored() == [.init(time: morning - 100_000, value: 1), .init(time: morning, value: 2)])
    }

    @Test("a device's own time is judged once the clock is right, as if it had been right at once")
    func ownTimes() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver(1, time: morning - 5000)
        try bench.deliver(2, time: morning + 60_000)
        try bench.deliver(3, time: morning + 60_001)
        try bench.deliver(4, time: morning - 31 * ClockBench.day)
        try bench.deliver(1, time: morning - 5000)
        try bench.deliver(9, time: morning - 5000)
        try bench.commit()
        #expect(try bench.held().isEmpty, "1970 is no clock to judge by")
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(
            try bench.stored() == [.init(time: morning - 5000, value: 1), .init(time: morning + 60_000, value: 2)])
        #expect(
            try bench.held().map(\.message.rejection.reason) == [.clockAhead, .beyondRetention, .conflict])
        #expect(try bench.held().allSatisfy { !$0.isReplayable && $0.message.received == morning })
        let counts = try bench.readings()
        #expect(counts.stored == 2 && counts.quarantined == 3 && counts.duplicate == 1)
    }

    @Test("files a backlog in parts, and a crash between two of them doubles nothing", arguments: [1, 2, 7])
    func crashes(limit: Int) throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        bench.limit = limit
        for value in 1...10 {
            try bench.deliver(value)
            bench.clock.advance(milliseconds: 1000)
        }
        try bench.commit()
        bench.clock.step(to: morning)
        bench.look()
        for _ in 0..<20 {
            try bench.core.dateUndated(limit: limit)
            try bench.crash()
            try bench.tick()
            try bench.crash()
        }
        #expect(
            try bench.stored() == (1...10).map { .init(time: morning - 11_000 + Int64($0) * 1000, value: Double($0)) })
        try bench.pass(milliseconds: 180_000)
        #expect(try bench.minute(morning - 60_000)?.count == 10)
    }

    @Test("what was not committed comes again, and is stored once")
    func redelivered() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver(1)
        try bench.commit()
        try bench.deliver(2)
        try bench.crash()
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(try bench.stored().map(\.value) == [1, 2])
    }

    @Test("a restart within the boot goes on with the same boot")
    func sameBoot() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver(1)
        try bench.commit()
        bench.clock.advance(milliseconds: 5000)
        try bench.crash()
        try bench.deliver(2)
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(try bench.stored() == [.init(time: morning - 5000, value: 1), .init(time: morning, value: 2)])
    }

    @Test("what came in a boot that ended before its clock was right is in quarantine, and says so")
    func twoBoots() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver(1)
        try bench.deliver(2, time: morning - 5000)
        try bench.deliver("s/d/temperature", "nonsense")
        try bench.commit()
        try bench.crash(boot: ("boot-2", boot1970))
        try bench.deliver(3)
        try bench.commit()
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(
            try bench.stored() == [.init(time: morning - 5000, value: 2), .init(time: morning, value: 3)],
            "its own time holds in every boot")
        let held = try bench.held()
        #expect(held.map(\.message.rejection.reason) == [.undecodable, .undated])
        #expect(held.allSatisfy { $0.message.boot == 1 }, "nobody claims to know when they came")
        #expect(held[1].message.rejection.detail.contains("\(evening)"))
        #expect(
            String(decoding: held[1].message.payload, as: UTF8.self)
                == #"{"device":"d","quantity":"temperature","time":null,"value":1,"unit":"Cel","boot":"boot-1","milliseconds_since_boot":20000}"#
        )
        let counts = try bench.readings()
        #expect(counts.received == 3 && counts.stored == 2 && counts.quarantined == 1)
    }

    @Test("a boot whose beginning was learnt is dated after the next one too")
    func learntBoot() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        bench.limit = 1
        try bench.deliver(1)
        try bench.deliver(2)
        try bench.commit()
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(bench.core.undatedCount == 1)
        try bench.crash(boot: ("boot-2", boot1970))
        try bench.pass(milliseconds: 1000)
        bench.clock.step(to: morning + 600_000)
        for _ in 0..<3 { try bench.tick() }
        #expect(try bench.stored() == [.init(time: morning, value: 1), .init(time: morning + 1, value: 2)])
    }

    @Test("a message that is put aside meanwhile is dated as well, and its replay files it where it came")
    func quarantined() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver("t/d/temperature", #"{"v":1}"#)
        try bench.deliver("pack/d", #"[{"n":"temperature","u":"Cel","v":1},{"n":"temperature","u":"K","v":"x"}]"#)
        try bench.commit()
        #expect(try bench.held().allSatisfy { $0.message.boot == 1 })
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(try bench.held().map(\.message.received).allSatisfy { $0 == morning })
        #expect(try bench.held().allSatisfy { $0.message.boot == nil })
        try bench.pass(milliseconds: 60_000)
        try bench.replay()
        #expect(try bench.stored().map(\.time).allSatisfy { $0 == morning })
    }

    @Test("a replay of what nobody can date files what has a time of its own, and keeps the rest as it was")
    func undatable() throws {
        let bench = try ClockBench(path: path, wall: boot1970, acceptsUnknown: false)
        try bench.deliver(1)
        try bench.deliver(2, time: morning - 5000)
        try bench.commit()
        #expect(try bench.held().map(\.message.rejection.reason) == [.unknownDevice, .unknownDevice])
        try bench.crash(boot: ("boot-2", morning))
        try bench.tick()
        try bench.replay()
        #expect(try bench.stored() == [.init(time: morning - 5000, value: 2)])
        let kept = try #require(try bench.held().first)
        #expect(kept.message.rejection.reason == .undated && kept.message.boot == 1)
        #expect(kept.message.received == Timestamp(milliseconds: 20_000) && kept.isReplayable)
    }

    @Test("what has waited for longer than readings are kept is removed, and counted")
    func waitedTooLong() throws {
        let bench = try ClockBench(path: path, wall: boot1970)
        try bench.deliver(1)
        try bench.pass(milliseconds: ClockBench.day)
        try bench.deliver(2)
        try bench.pass(milliseconds: 29 * ClockBench.day)
        #expect(bench.core.undatedCount == 2)
        try bench.pass(milliseconds: 1)
        #expect(bench.core.undatedCount == 1)
        bench.clock.step(to: morning)
        try bench.tick()
        #expect(try bench.stored() == [.init(time: morning - 29 * ClockBench.day - 1, value: 2)])
        #expect(try bench.store.reader.holdings().removedReadings == 1)
    }

    @Test("removes nothing and closes nothing by a wrong clock, of whichever age the readings are")
    func retention() throws {
        let bench = try ClockBench(path: path, wall: morning)
        try bench.deliver(1)
        try bench.pass(milliseconds: 120_000)
        let closed = bench.core.schedule.closedUntil
        try bench.crash(boot: ("boot-2", boot1970))
        try bench.pass(milliseconds: 60_000)
        #expect(bench.core.schedule.closedUntil == closed)
        #expect(try bench.stored().count == 1)
        bench.clock.step(to: morning + 600_000)
        try bench.tick()
        #expect(try bench.stored().count == 1 && bench.keeper.trust.isTrusted)
    }
}
