import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

/// What a street's flow seldom brings about, killed as well.
@Suite("Processes that are killed while they remove", .timeLimit(.minutes(2)))
struct SealedKillTests {
    private let start = SealingBench.start
    private let hour = SealingBench.hour

    @Test(
        "sealed readings and give back their space",
        arguments: ["retention.segment", "retention.released", "commit.done"])
    func givingBack(point: String) async throws {
        let bench = try SealingBench()
        // Noise, so that the segments take some pages.
        var random = SeededGenerator(seed: 7)
        for index in 0..<40_000 as Range<Int64> {
            try bench.insert(
                .random(in: 0...1, using: &random), at: start + index * 1000, series: SeriesID(index % 3 + 1))
        }
        for part in 1...12 as ClosedRange<Int64> { try bench.seal(before: start + part * hour) }
        try bench.store.addToLedger(source: "s", counted: .readings, outcome: LedgerEntry.stored, count: 40_000)
        try bench.store.commit()
        let border = start + 6 * hour
        for time in 1...4 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = bench.path as String, point = point as String, time = time as Int,
                    border = border.milliseconds as Int64
                ] in
                setenv(FaultPoint.variable, "\(point):\(time)", 1)
                let store = try Store(path: path)
                try store.database.execute("PRAGMA wal_autocheckpoint = 8", operation: "test")
                while true {
                    let removed = try store.removeReadings(before: Timestamp(milliseconds: border), limit: 2000)
                    let released = try store.releaseFreePages(limit: 10)
                    try store.commit()
                    if removed < 2000, released < 10 { exit(0) }
                }
            }
            try bench.reopen()
            let holdings = try bench.store.reader.holdings()
            #expect(holdings.readings + holdings.removedReadings == 40_000)
            #expect(
                try bench.store.database.integer(
                    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1)
        }
        while try bench.store.removeReadings(before: border, limit: 2000) >= 2000 {}
        bench.forget { $0 < border }
        #expect(try bench.difference() == nil)
    }

    @Test("damaged segments lose nothing else, and count them once")
    func damage() async throws {
        let bench = try SealingBench()
        for part in 0..<3 as Range<Int64> {
            try bench.fill(100, from: start + part * hour)
            try bench.seal(before: start + (part + 1) * hour)
        }
        try bench.damage(bench.segments()[1])
        bench.forget { $0 >= start + hour && $0 < start + 2 * hour }
        for point in ["damage.removed", "commit.begun", "commit.done"] {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = bench.path as String, point = point as String] in
                setenv(FaultPoint.variable, point, 1)
                let store = try Store(path: path)
                try store.passOver(.distantPast ..< .distantFuture, of: nil) { _ in true }
                // Where the one before had committed, there is nothing left to do but to die.
                if try store.removeDamagedSegments().isEmpty { kill(getpid(), SIGKILL) }
                try store.commit()
            }
            try bench.reopen()
            #expect(try bench.removedReadings() == (point == "commit.done" ? 100 : 0))
        }
        #expect(try bench.segments().map(\.count) == [100, 100])
        #expect(try bench.difference() == nil)
    }
}
