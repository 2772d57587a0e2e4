@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("The table readings of SQL")
struct ReadingsTableTests {
    private static let columns = "SELECT series, time, value, flag, tests FROM readings"

    private func sorted(_ rows: [ReadingsRow]) -> [ReadingsRow] { rows.sorted(by: ReadingsRow.precedes) }

    private func areIdentical(_ left: [ReadingsRow], _ right: [ReadingsRow]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.isIdentical(to: $1) }
    }

    @Test("shows every reading, sealed or not, as it was stored, whatever is asked for and in which order")
    func sameAsStored() throws {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<3 {
            let file = try SealedFile()
            try file.fill(days: 4, &random)
            let session = try SQLSession(path: file.path)
            let all = sorted(file.readings)
            #expect(all.count > 1000)
            #expect(try areIdentical(sorted(session.readings(Self.columns)), all), "seed \(random.seed)")
            #expect(try areIdentical(session.readings(Self.columns + " ORDER BY time, series"), all))
            for _ in 0..<40 {
                let conditions = (0..<Int.random(in: 1...4, using: &random)).map { _ in RandomCondition(file, &random) }
                let condition = conditions.map(\.sql).joined(separator: " AND ")
                let sql = "\(Self.columns) WHERE \(condition)"
                let expected = all.filter { row in conditions.allSatisfy { $0.holds(row) } }
                let note = "seed \(random.seed): \(sql)"
                #expect(try areIdentical(sorted(session.readings(sql)), expected), "\(note)")
                #expect(try areIdentical(session.readings(sql + " ORDER BY time, series"), expected), "\(note)")
                let descending = try session.readings(sql + " ORDER BY time DESC, series DESC")
                #expect(areIdentical(descending.reversed(), expected), "\(note), descending")
                let bySeries = try session.readings(sql + " ORDER BY series, time")
                #expect(areIdentical(sorted(bySeries), expected) && bySeries.isSorted { $0.series }, "\(note)")
            }
        }
    }

    @Test("gives the latest and the earliest, and counts, groups and joins as any table does")
    func statements() throws {
        var random = SeededGenerator.fromEnvironment()
        let file = try SealedFile()
        try file.fill(days: 3, &random)
        let session = try SQLSession(path: file.path)
        let all = sorted(file.readings)
        let latest = try session.readings(Self.columns + " ORDER BY time DESC, series DESC LIMIT 7")
        #expect(areIdentical(latest.reversed(), Array(all.suffix(7))), "seed \(random.seed)")
        let counts = try session.rows("SELECT count(*), count(DISTINCT device), min(time), max(time) FROM readings")
        #expect(counts == [["\(all.count)", "3", "\(all[0].time)", "\(all[all.count - 1].time)"]])
        let perDevice = try session.rows(
            "SELECT d.device, count(*) FROM devices AS d JOIN readings AS r ON r.device = d.device GROUP BY 1 ORDER BY 1"
        )
        let expected = ["d0", "d1", "d2"].map { device in
            [device, "\(all.count { file.names[$0.series]?.device == device })"]
        }
        #expect(perDevice == expected, "seed \(random.seed)")
        let last = try session.rows("SELECT last_time FROM devices WHERE device = 'd1'")
        #expect(last == [["\(all.last { file.names[$0.series]?.device == "d1" }!.time)"]])
        // Two walks through the table at once, the second begun anew for each row of the first.
        let pairs = try session.rows(
            """
            SELECT count(*) FROM (SELECT * FROM readings WHERE series = 1 ORDER BY time LIMIT 20) AS a
            JOIN readings AS b ON b.series = 2 AND b.time > a.time AND b.time < a.time + 3600000
            """)
        let firsts = all.filter { $0.series == 1 }.prefix(20)
        let seconds = all.filter { $0.series == 2 }
        let number = firsts.reduce(0) { sum, first in
            sum + seconds.count { $0.time > first.time && $0.time < first.time + 3_600_000 }
        }
        #expect(pairs == [["\(number)"]], "seed \(random.seed)")
    }

    @Test("agrees with what the other commands read of rows and segments")
    func sameAsReader() throws {
        var random = SeededGenerator.fromEnvironment()
        let file = try SealedFile()
        try file.fill(days: 3, &random)
        var read: [ReadingsRow] = []
        try StoreReader(path: file.path).readings(in: .distantPast ..< .distantFuture) { row in
            read.append(
                ReadingsRow(
                    time: row.time.milliseconds, value: row.value, tests: row.tests.bits, series: row.series,
                    flag: row.flag.rawValue))
            return true
        }
        let session = try SQLSession(path: file.path)
        #expect(
            try areIdentical(session.readings(Self.columns + " ORDER BY time, series"), read), "seed \(random.seed)")
    }

    @Test("takes part in comparisons as SQLite's own columns do")
    func comparisons() throws {
        let file = try SealedFile(devices: 1)
        let sealed = (0..<10).map {
            SealedReading(
                time: Timestamp(milliseconds: SealedFile.start + Int64($0) * 1000), value: Double($0), flag: .good,
                tests: .init())
        }
        try file.seal(1, sealed)
        let session = try SQLSession(path: file.path)
        func count(_ condition: String) throws -> String {
            try session.rows("SELECT count(*) FROM readings WHERE \(condition)")[0][0]
        }
        let start = SealedFile.start
        #expect(try count("time = NULL") == "0")
        #expect(try count("time > '\(start)'") == "9")
        #expect(try count("time < 1e300") == "10")
        #expect(try count("time > 1e300") == "0")
        #expect(try count("time > -1e300 AND time <= \(start) + 0.5") == "1")
        #expect(try count("time > 9223372036854775807 OR time < -9223372036854775808") == "0")
        #expect(try count("time >= ms('2026-01-01') AND time < ms('2027-01-01T00:00:00+01:00')") == "10")
        #expect(try count("series = 1.0 AND series = '1'") == "10")
        #expect(try count("series = 1.5") == "0")
        #expect(try count("series IN (1, 1, NULL, 'x', 99999999999)") == "10")
        #expect(try count("device = 'D0'") == "0")
        #expect(try count("device = 'D0' COLLATE NOCASE") == "10")
        #expect(try count("device = x'6430'") == "0")
        #expect(try count("device IS NULL") == "0")
        #expect(try count("device LIKE 'd%' AND quantity = (SELECT quantity FROM series WHERE id = 1)") == "10")
        #expect(throws: SQLError.self) { try count("time >= '2026-11-23'") }
    }

    @Test("shows a sealed -0 as it was sealed, and a series without a name by its number")
    func oddities() throws {
        let file = try SealedFile(devices: 1)
        try file.seal(
            1,
            [SealedReading(time: Timestamp(milliseconds: SealedFile.start), value: -0.0, flag: .fail, tests: .init())])
        try file.seal(
            77, [SealedReading(time: Timestamp(milliseconds: SealedFile.start), value: 7, flag: .good, tests: .init())])
        let session = try SQLSession(path: file.path)
        let rows = try session.readings(Self.columns + " WHERE series = 1")
        #expect(rows.count == 1 && rows[0].value.bitPattern == (-0.0).bitPattern)
        #expect(
            try session.rows("SELECT series, device, value FROM readings WHERE device IS NULL") == [
                ["77", "NULL", "7.0"]
            ])
    }
}

extension [ReadingsRow] {
    func isSorted(by key: (ReadingsRow) -> SeriesID) -> Bool {
        zip(self, dropFirst()).allSatisfy { key($0) <= key($1) }
    }
}
