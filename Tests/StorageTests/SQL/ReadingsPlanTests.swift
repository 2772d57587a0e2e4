@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("What the table readings looks for, and what it finds damaged")
struct ReadingsPlanTests {
    private static let day = 24 * SealedFile.hour

    /// A segment an hour of each series.
    private func file(devices: Int = 4, hours: Int64 = 200) throws -> SealedFile {
        // Values that take some room.
        var random = SeededGenerator(seed: 1)
        let file = try SealedFile(devices: devices)
        try file.execute("BEGIN")
        for series in file.series {
            for hour in 0..<hours {
                let readings = (0..<60).map { minute in
                    SealedReading(
                        time: Timestamp(
                            milliseconds: SealedFile.start + hour * SealedFile.hour + Int64(minute) * 60_000),
                        value: .random(in: 0..<1, using: &random), flag: .good, tests: .init())
                }
                try file.seal(series, readings)
            }
        }
        try file.execute("COMMIT")
        return file
    }

    @Test("are named by EXPLAIN QUERY PLAN; an order by time needs no sorting")
    func plans() throws {
        let file = try SealedFile()
        let session = try SQLSession(path: file.path)
        let range = "time >= 5 AND time < 9"
        #expect(try session.plan("SELECT * FROM readings WHERE \(range)").hasSuffix(":time>= time<"))
        #expect(try session.plan("SELECT * FROM readings WHERE series IN (1, 2)").hasSuffix(":series IN"))
        #expect(
            try session.plan("SELECT value FROM readings WHERE device = 'a' AND quantity = 'b' AND time > 4").hasSuffix(
                ":device= quantity= time>"))
        for order in ["time", "time, series", "time DESC, series DESC"] {
            let plan = try session.plan("SELECT * FROM readings WHERE \(range) ORDER BY \(order)")
            #expect(plan.contains("by time") && !plan.contains("B-TREE"), "\(plan)")
        }
        #expect(try !session.plan("SELECT * FROM readings WHERE series = 1 ORDER BY series, time").contains("B-TREE"))
        #expect(try session.plan("SELECT * FROM readings ORDER BY value").contains("B-TREE"))
        #expect(try session.plan("SELECT * FROM readings ORDER BY time, series DESC").contains("B-TREE"))
        // The devices, which are few, are walked through, and the readings of each looked for.
        let joined = try session.plan(
            "SELECT * FROM readings AS r JOIN series AS s ON r.series = s.id WHERE s.device = 'a' AND r.time > 5")
        #expect(joined.contains("SEARCH s") && joined.contains("series="), "\(joined)")
    }

    /// Pages that SQLite took from the file for a statement.
    private func pages(_ sql: String, in file: SealedFile) throws -> Int {
        let session = try SQLSession(path: file.path)
        let before = session.pagesRead
        _ = try session.rows(sql)
        return session.pagesRead - before
    }

    @Test("are all that is read of the file")
    func bytesRead() throws {
        let file = try file()
        let all = try pages("SELECT count(*) FROM readings", in: file)
        let begin = SealedFile.start + 100 * SealedFile.hour
        let day = "time >= \(begin) AND time < \(begin + Self.day)"
        #expect(try pages("SELECT count(*) FROM readings WHERE \(day)", in: file) < all / 3)
        #expect(try pages("SELECT count(*) FROM readings WHERE series = 3 AND \(day)", in: file) < all / 3)
        #expect(try pages("SELECT * FROM readings ORDER BY time DESC LIMIT 10", in: file) < all / 4)
        #expect(try pages("SELECT * FROM readings ORDER BY time LIMIT 10", in: file) < all / 4)
        #expect(try pages("SELECT count(*) FROM readings WHERE series = 3 AND time = \(begin)", in: file) < all / 6)
        #expect(try pages("SELECT count(*) FROM readings WHERE device = 'nobody'", in: file) < 20)
    }

    @Test("damaged: end the statement with their name, or are left out and noted; other statements go on")
    func damaged() throws {
        let file = try file(devices: 1, hours: 4)
        let id = SegmentID(hour: SealedFile.start / SealedFile.hour + 2, series: 2).rawValue
        try file.damage(id)
        let session = try SQLSession(path: file.path)
        for sql in ["SELECT sum(value) FROM readings", "SELECT * FROM readings ORDER BY time DESC"] {
            let error = #expect(throws: SQLError.self) { try session.rows(sql) }
            #expect(error?.kind == .damagedSegment)
            #expect(
                error?.message.contains("segment \(id) (d0 pm10, 60 readings from 2026-") ?? false, "\(error as Any)")
            #expect(error?.message.contains("checksum") ?? false)
        }
        #expect(try session.rows("SELECT count(*) FROM readings WHERE series <> 99 AND series = 1") == [["240"]])
        let tolerant = try SQLSession(path: file.path, skipsDamaged: true)
        #expect(try tolerant.rows("SELECT count(*) FROM readings") == [["660"]])
        #expect(try tolerant.rows("SELECT count(*) FROM (SELECT * FROM readings ORDER BY time)") == [["660"]])
        #expect(tolerant.skipped.map(\.id) == [id] && tolerant.skipped[0].count == 60)
    }

    @Test("that are not what their row says are damaged too")
    func wrongRows() throws {
        let start = SealedFile.start
        let id = SegmentID(hour: start / SealedFile.hour + 1, series: 2).rawValue
        for change in [
            "series = 3", "count = 61", "count = -1", "last_time = 9223372036854775807", "first_time = 0", "data = x''",
            "first_time = \(start), last_time = \(start + 1)",
            "data = (SELECT data FROM segments WHERE id <> \(id) LIMIT 1)",
        ] {
            let file = try file(devices: 1, hours: 4)
            try file.execute("UPDATE segments SET \(change) WHERE id = \(id)")
            let session = try SQLSession(path: file.path)
            for order in ["", "ORDER BY time", "ORDER BY time DESC"] {
                let error = #expect(throws: SQLError.self, "\(change)") {
                    try session.rows("SELECT * FROM readings \(order)")
                }
                #expect(error?.kind == .damagedSegment, "\(change): \(error as Any)")
            }
            let tolerant = try SQLSession(path: file.path, skipsDamaged: true)
            for order in ["", "ORDER BY time", "ORDER BY time DESC"] {
                #expect(try tolerant.rows("SELECT * FROM readings \(order)").count == 660, "\(change) \(order)")
            }
        }
    }
}
