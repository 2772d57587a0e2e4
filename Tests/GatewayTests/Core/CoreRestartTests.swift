import CSQLite
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// The file alone tells a new core where the old one was.
@Suite("Core after a restart")
struct CoreRestartTests {
    @Test("computes the windows that were open when it went down, however long it was away")
    func openWindows() throws {
        let bench = try CoreBench(seed: 1)
        try bench.take([.init(series: 0, time: bench.start + 1000, value: 4)])
        try bench.commit()
        bench.clock.advance(milliseconds: 7_200_000)
        try bench.crash()
        try bench.closeWindows()
        #expect(try bench.revision(of: 0, tier: .minute, start: bench.start) == 1)
        #expect(try bench.revision(of: 0, tier: .hour, start: bench.start) == 1)
    }

    @Test("remembers a late window until it is computed, and no longer")
    func lateWindows() throws {
        let bench = try CoreBench(seed: 1)
        try bench.take([.init(series: 0, time: bench.start + 1000, value: 4)])
        try bench.advance(milliseconds: 120_000)
        try bench.take([.init(series: 0, time: bench.start + 2000, value: 5)])
        try bench.commit()
        #expect(try bench.lateMarkCount() == 1)
        try bench.crash()
        try bench.advance(milliseconds: 60_000)
        #expect(try bench.revision(of: 0, tier: .minute, start: bench.start) == 2)
        #expect(try bench.lateMarkCount() == 0)
    }

    @Test("computes the window that a series still waited for, however often it goes down before it comes to that")
    func windowOfOwnLateness() throws {
        let bench = try CoreBench(seed: 1)
        try bench.take([.init(series: 1, time: bench.start + 1000, value: 4)])
        try bench.advance(milliseconds: 120_000)
        #expect(try bench.revision(of: 1, tier: .minute, start: bench.start) == nil, "it is waited for 400 s")
        bench.clock.advance(milliseconds: 900_000)
        for _ in 0..<2 {
            try bench.restart()
            try bench.take([.init(series: 0, time: bench.clock.now, value: 4)])
            try bench.closeWindows()
        }
        try bench.advance(milliseconds: 60_000)
        #expect(try bench.revision(of: 1, tier: .minute, start: bench.start) == 1)
    }

    @Test("goes on from a counter's last value and its time, and knows its width before it is heard again")
    func counterWidth() throws {
        let bench = try CoreBench(seed: 1)
        try bench.take([.init(series: 3, time: bench.start + 59_000, value: 250)])
        try bench.advance(milliseconds: 120_000)
        try bench.take([.init(series: 3, time: bench.start + 62_000, value: 0)])
        try bench.take([.init(series: 3, time: bench.start + 181_000, value: 1)])
        try bench.take([.init(series: 3, time: bench.start + 182_000, value: 0)])
        try bench.commit()
        try bench.crash()
        try bench.advance(milliseconds: 600_000)
        let minutes = try bench.aggregates(of: 3, tier: .minute)
        // 6 in 3 s is what 2 a second allow; 255 in a second is not.
        #expect(
            minutes[bench.start + 60_000]?.increase == .init(total: 6, resets: 0, wraps: 1, since: bench.start + 59_000)
        )
        #expect(minutes[bench.start + 180_000]?.increase == .init(total: 1, resets: 1, since: bench.start + 62_000))
        #expect(minutes[bench.start]?.requiredCoverage == 0.1)
    }

    @Test("a neighbour that measures nothing but nonsense is not looked for in the file with each reading")
    func nonsenseBeside() throws {
        let bench = try CoreBench(seed: 1)
        for second in stride(from: 0, to: 1500, by: 10) as StrideTo<Int64> {
            let time = bench.start + second * 1000
            try bench.take([9, 10, 12, 11].map { .init(series: $0, time: time, value: $0 == 11 ? -300 : 20) })
            if second == 500 { try bench.commit() }
            if second == 500 { try bench.crash() }
        }
        try bench.commit()
        // What was asked for before the crash, only the file knows; for ten minutes after it this is asked.
        #expect(try bench.unjudgedCount() <= 3 * 10)
        #expect(try bench.storedTests()[9][bench.start + 1_490_000]?[.peerSpread] == .good)
    }

    @Test("neither a reading nor its account is there without the other")
    func oneTransaction() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("poort.db")
        let bench = try CoreBench(seed: 1, path: path)
        try refuseAccounts(in: path)
        try bench.take([.init(series: 0, time: bench.start, value: 1)])
        #expect(throws: StorageError.self) { try bench.commit() }
        try bench.crash()
        #expect(try StoreReader(path: path).holdings().readings == 0)
    }

    /// Makes every change of the ledger fail.
    private func refuseAccounts(in path: String) throws {
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        let trigger = "CREATE TRIGGER no BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'no'); END"
        #expect(sqlite3_exec(handle, trigger, nil, nil, nil) == SQLITE_OK)
    }
}
