import CSQLite
import Telemetry
import TestKit
import Testing

@testable import Storage

@Suite("Bundles of readings")
struct BundleTests {
    private let start = SealingBench.start
    private let hour = SealingBench.hour

    private func counts(_ bench: SealingBench) throws -> (rows: Int64, bundles: Int64) {
        (
            try bench.store.database.integer("SELECT count(*) FROM hot") ?? 0,
            try bench.store.database.integer("SELECT count(*) FROM bundles") ?? 0
        )
    }

    /// What another program sees, by the view alone.
    private func viewed(_ path: String) throws -> [String] {
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        #expect(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let sql = "SELECT series, time, value, flag, tests FROM hot_readings ORDER BY time, series"
        #expect(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK)
        var rows: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            let value = sqlite3_column_double(statement, 2).bitPattern
            let others = [0, 1, 3, 4].map { String(sqlite3_column_int64(statement, $0)) }
            rows.append((others + [String(value)]).joined(separator: " "))
        }
        return rows
    }

    private func expected(_ bench: SealingBench) -> [String] {
        bench.plain.flatMap { series, readings in readings.values.map { (series: series, reading: $0) } }
            .sorted { ($0.reading.time, $0.series) < ($1.reading.time, $1.series) }
            .map {
                let (reading, time) = ($0.reading, $0.reading.time.milliseconds)
                return "\($0.series) \(time) \(reading.flag.rawValue) \(reading.tests.bits) \(reading.value.bitPattern)"
            }
    }

    @Test("a commit's readings share a row, and those that do not fit have their own")
    func commit() throws {
        let bench = try SealingBench()
        for series in 1...3 { try bench.fill(5, every: 1000, series: SeriesID(series)) }
        try bench.insert(1e9, at: start + 5000)
        try bench.insert(.pi, at: start + 6000)
        try bench.insert(-0.0, at: start + 7000)
        try bench.insert(-838_860.8, at: start + 8000)
        try bench.insert(838_860.8, at: start + 9000)
        try bench.store.commit()
        #expect(try counts(bench) == (4, 1))
        #expect(try bench.difference() == nil)
        #expect(try viewed(bench.path) == expected(bench))
        #expect(try bench.store.reader.holdings().readings == 20)
    }

    @Test("what is too far apart, of another hour or of too many goes into others")
    func cut() throws {
        let bench = try SealingBench()
        try bench.fill(4, from: start + hour - 4, every: 1)
        try bench.fill(4, from: start + hour, every: 1)
        try bench.fill(4, from: start + hour + 65_535 - 3, every: 1)
        // In one with those before, and in another, for they are too far from its first.
        try bench.fill(4, from: start + hour + 65_536, every: 1)
        try bench.fill(Bundle.most + 1, from: start + 2 * hour, every: 10)
        try bench.store.commit()
        #expect(try counts(bench) == (1, 4))
        #expect(try bench.difference() == nil)
        #expect(try viewed(bench.path) == expected(bench))
    }

    @Test("before they are written, in a bundle and in a row, a reading is there once", arguments: [false, true])
    func twice(isCommitted: Bool) throws {
        let bench = try SealingBench()
        try bench.fill(10, every: 1000)
        if isCommitted { try bench.store.commit() }
        #expect(try bench.store.insert(Reading(series: 0, time: start + 9000, value: 0.9), series: 1) == .duplicate)
        let conflict = try bench.store.insert(Reading(series: 0, time: start + 1000, value: 4), series: 1)
        #expect(conflict == .conflict(existing: 0.1))
        // Late, so a row.
        #expect(try bench.insert(7, at: start + 1500) == .stored(at: start + 1500))
        #expect(try bench.store.insert(Reading(series: 0, time: start + 1500, value: 7), series: 1) == .duplicate)
        #expect(try bench.insert(8, at: start + 1000, origin: .receipt) == .stored(at: start + 1001))
        if isCommitted { try bench.store.commit() }
        try bench.reopen()
        bench.forget { _ in !isCommitted }
        #expect(try bench.difference() == nil)
        if !isCommitted { return }
        #expect(try bench.store.insert(Reading(series: 0, time: start + 9000, value: 0.9), series: 1) == .duplicate)
    }

    @Test("after a rollback nothing is there, and can come again")
    func rollback() throws {
        let bench = try SealingBench()
        try bench.fill(10, every: 1000)
        try bench.store.commit()
        try bench.fill(10, from: start + 20_000, every: 1000)
        bench.store.rollback()
        bench.forget { $0 >= start + 20_000 }
        #expect(try bench.difference() == nil)
        try bench.fill(10, from: start + 20_000, every: 1000)
        try bench.store.commit()
        #expect(try bench.difference() == nil)
    }

    @Test("tests of one can change, also to those of a verdict that no record can hold", arguments: [false, true])
    func verdicts(isCommitted: Bool) throws {
        let bench = try SealingBench()
        try bench.fill(45, every: 1000)
        if isCommitted { try bench.store.commit() }
        for index in 0..<40 {
            var tests = QualityTests()
            for (bit, test) in QualityTest.allCases.prefix(6).enumerated() {
                tests[test] = index >> bit & 1 == 0 ? .good : .suspect
            }
            try bench.set(tests, at: start + Int64(index) * 1000)
        }
        try bench.store.commit()
        #expect(try bench.difference() == nil)
        #expect(try viewed(bench.path) == expected(bench))
        #expect(try bench.store.tests(at: start + 39_000, of: 1) == bench.plain[1]?[start + 39_000]?.tests)
        #expect(try bench.store.database.integer("SELECT count(*) FROM verdicts") ?? 0 > 33)
    }

    @Test("a code that is never written is an error, never a value; so are data of another length")
    func damage() throws {
        let bench = try SealingBench()
        try bench.fill(10, every: 1000)
        try bench.store.commit()
        for data in ["substr(data, 1, 79) || x'07'", "substr(data, 1, 79) || x'F8'", "substr(data, 1, 79)"] {
            try bench.store.database.execute(
                "SAVEPOINT s; UPDATE bundles SET data = CAST(\(data) AS BLOB)", operation: "test")
            let error = #expect(throws: StorageError.self) { try bench.difference() }
            #expect(error?.isDamage == true)
            try bench.store.database.execute("ROLLBACK TO s; RELEASE s", operation: "test")
        }
        #expect(try bench.difference() == nil)
    }

    @Test("whatever comes, goes and changes: what is there is what was stored", arguments: 0..<12)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bench = try SealingBench(seriesCount: 6)
        var now = start
        for _ in 0..<150 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<13:
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    now = now + Int64.random(in: 0...2000, using: &random)
                    let isLate = Int.random(in: 0..<12, using: &random) == 0
                    let time = isLate ? now - Int64.random(in: 0...4_000_000, using: &random) : now
                    let values = [0.1, 12, -3.25, 1e7, 1 / 3.0, 45.123456]
                    let value = values.randomElement(using: &random)! * Double(Int.random(in: 0...30, using: &random))
                    try bench.insert(value, at: time, series: SeriesID.random(in: 1...6, using: &random))
                }
                if Bool.random(using: &random) { try bench.store.commit() }
            case 13..<16:
                let series = SeriesID.random(in: 1...6, using: &random)
                guard let time = bench.plain[series]?.keys.randomElement(using: &random) else { continue }
                try bench.set(
                    QualityTests(bits: [1, 0x13, 0x133, 0x34].randomElement(using: &random)!), at: time, series: series)
            case 16:
                try bench.store.commit()
                try bench.seal(
                    before: now - Int64.random(in: 0...3_600_000, using: &random),
                    limit: Int.random(in: 10...500, using: &random))
            case 17:
                let border = now - Int64.random(in: 1_000_000...7_200_000, using: &random)
                while try bench.store.removeReadings(before: border, limit: 50) >= 50 {}
                bench.forget { $0 < border }
            case 18:
                try bench.store.commit()
                try bench.reopen()
            default:
                try bench.store.commit()
                #expect(try bench.difference() == nil)
                now = now + Int64.random(in: 0...400_000, using: &random)
            }
            try #require(try bench.difference() == nil)
        }
        try bench.store.commit()
        #expect(try bench.store.reader.holdings().readings == bench.plain.values.reduce(0) { $0 + $1.count })
        for range in [start..<now, (start + 100_000)..<(start + 700_000)] {
            let cursors = try [true, false].map { try bench.store.hot().cursor(of: [2, 5], newestFirst: $0) }
            var found: [[Timestamp]] = []
            for cursor in cursors {
                try cursor.open(range)
                var times: [Timestamp] = []
                while let (_, reading) = try cursor.next() { times.append(reading.time) }
                found.append(times)
            }
            #expect(found[0] == found[1].reversed() && found[1] == found[1].sorted())
            #expect(try cursors[1].firstTime(in: range) == found[1].first)
            #expect(try cursors[0].firstTime(in: range) == found[0].first)
        }
    }
}
