@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Damage among sealed readings")
struct SealedDamageTests {
    private let start = SealingBench.start
    private let hour = SealingBench.hour

    /// Three segments of 100 readings, the second of which is damaged, and what it held.
    private func damaged(_ sql: String? = nil) throws -> SealingBench {
        let bench = try SealingBench()
        for part in [0, 2, 4] as [Int64] {
            try bench.fill(100, from: start + part * hour)
            try bench.seal(before: start + (part + 1) * hour)
        }
        try bench.store.addToLedger(source: "s", counted: .readings, outcome: LedgerEntry.stored, count: 300)
        try bench.store.commit()
        let second = try bench.segments()[1]
        if let sql {
            try bench.store.database.execute(
                "UPDATE segments SET \(sql) WHERE id = \(second.id.rawValue)", operation: "test")
        } else {
            try bench.damage(second)
        }
        try bench.reopen()
        bench.forget { $0 >= start + 2 * hour && $0 < start + 3 * hour }
        return bench
    }

    private func expectOnlyThatIsLost(_ bench: SealingBench, count: Int = 100, left: Int = 200) throws {
        #expect(try bench.store.removeDamagedSegments().count == 1)
        #expect(try bench.store.removeDamagedSegments().isEmpty)
        try bench.store.commit()
        #expect(try bench.segments().map(\.count) == [100, 100])
        #expect(try bench.difference() == nil)
        #expect(try bench.removedReadings() == count)
        #expect(try bench.store.reader.holdings().readings == left)
    }

    @Test("loses that segment only, and counts its readings")
    func oneSegment() throws {
        let bench = try damaged()
        #expect(try bench.difference() == nil)
        try expectOnlyThatIsLost(bench)
    }

    @Test(
        "is found where a row does not say what its segment does",
        arguments: [
            "first_time = first_time + 1", "last_time = last_time + 1", "first_time = 9e15", "first_time = -9e15",
            "last_time = -5", "series = 2", "first_time = -9223372036854775808, last_time = 9223372036854775807",
        ])
    func otherRow(sql: String) throws {
        let bench = try damaged(sql)
        #expect(try bench.difference()?.contains("makes no sense") ?? true)
        try expectOnlyThatIsLost(bench)
    }

    @Test("is found where the count is wrong, which is what balances then")
    func otherCount() throws {
        let bench = try damaged("count = 77")
        #expect(try bench.difference() == nil)
        try expectOnlyThatIsLost(bench, count: 77)
    }

    @Test("takes in no late reading, and keeps those that come into its stretch", arguments: [10, 3])
    func late(count: Int) throws {
        let bench = try damaged()
        try bench.fill(count, from: start + 2 * hour + 5)
        try bench.seal(before: start + 5 * hour)
        #expect(try bench.store.removeDamagedSegments().count == 1)
        try bench.store.commit()
        #expect(try bench.difference() == nil)
        #expect(try bench.rowCount() == (count >= 6 ? 0 : count))
    }

    @Test("leaves tests as they are, and a reading of that time can come again")
    func lookedUp() throws {
        let bench = try damaged()
        #expect(try bench.store.tests(at: start + 2 * hour, of: 1) == nil)
        try bench.store.setTests(QualityTests(bits: 4), at: start + 2 * hour, of: 1)
        #expect(try bench.insert(1, at: start + 2 * hour) == .stored(at: start + 2 * hour))
        try expectOnlyThatIsLost(bench, left: 201)
    }

    @Test(
        "is no obstacle to retention, before the segment is removed and behind it",
        arguments: [nil, "first_time = 9e15"])
    func retention(sql: String?) throws {
        let bench = try damaged(sql)
        let border = start + 2 * hour + 500_000
        let removed = try bench.store.removeReadings(before: border, limit: 1000)
        #expect(removed == 100)
        #expect(try bench.store.removeReadings(before: start + 4 * hour + 500_000, limit: 1000) == 50)
        #expect(try bench.store.removeDamagedSegments().count == 1)
        #expect(try bench.removedReadings() == 250)
        bench.forget { $0 < start + 4 * hour + 500_000 }
        #expect(try bench.difference() == nil)
    }

    @Test("of a row's code is an error, never a value")
    func code() throws {
        let bench = try SealingBench()
        try bench.fill(3)
        try bench.store.commit()
        for code in [7, 13, 14, 99 << 4] {
            try bench.store.database.execute("UPDATE hot SET code = \(code)", operation: "test")
            #expect(throws: StorageError.self) { try bench.difference() }
        }
    }
}
