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
