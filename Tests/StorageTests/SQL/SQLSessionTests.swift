@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("SQL on the file")
struct SQLSessionTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func store() throws -> Store { try Store(path: path) }

    private func series(_ device: String, _ quantity: String, _ store: Store) throws -> SeriesID {
        try store.identify(
            Series(
                number: 0, device: device, quantity: QuantityCatalogue()[quantity]!, deviceType: "air_quality",
                site: "pole", neighbourhood: "Assendorp")
        ).id
    }

    @Test("only reads, whatever is tried")
    func refusals() throws {
        try store().commit()
        let session = try SQLSession(path: path)
        for sql in [
            "INSERT INTO ledger VALUES('a', 'b', 'c', 1)", "DELETE FROM hot_readings", "UPDATE series SET unit = ''",
            "DROP TABLE series", "CREATE TABLE t(a)", "CREATE TEMP TABLE t(a)", "CREATE TEMP VIEW v AS SELECT 1",
            "ATTACH '/etc/passwd' AS p", "DETACH temp", "BEGIN", "COMMIT", "SAVEPOINT s", "VACUUM", "REINDEX",
            "ANALYZE",
            "PRAGMA query_only = OFF", "PRAGMA journal_mode = DELETE", "PRAGMA wal_checkpoint",
            "PRAGMA user_version = 9",
            "PRAGMA writable_schema = 1", "PRAGMA temp_store_directory = '/'", "SELECT load_extension('x')",
            "VACUUM INTO '/tmp/copy'", "DROP TABLE temp.readings", "DELETE FROM readings",
        ] {
            let error = #expect(throws: SQLError.self, "\(sql)") { try session.rows(sql) }
            // Some of it SQLite does not even understand on such a connection.
            #expect(error?.kind == .refused || error?.kind == .mistake, "\(sql): \(error as Any)")
            #expect(
                error?.kind == .refused || sql.contains("readings") || sql.contains("VACUUM"), "\(sql): \(error as Any)"
            )
        }
        #expect(try session.rows("PRAGMA user_version") == [["5"]])
        #expect(try session.rows("SELECT name FROM pragma_table_info('series') LIMIT 1") == [["id"]])
        #expect(try session.rows("SELECT count(*) FROM readings") == [["0"]])
    }

    @Test("reads statements one behind the other, and says where one is wrong")
    func texts() throws {
        try store().commit()
        let session = try SQLSession(path: path)
        var text = SQLText("SELECT 1; -- nothing\n ; SELECT 'a;b' ; /* end */ ")
        #expect(try session.next(in: &text)?.columns == ["1"])
        #expect(try session.next(in: &text)?.columns == ["'a;b'"])
        #expect(try session.next(in: &text) == nil)
        var wrong = SQLText("SELECT 1;\nSELECT devise FROM series")
        _ = try session.next(in: &wrong)
        let error = #expect(throws: SQLError.self) { try session.next(in: &wrong) }
        #expect(error?.offset == 17 && error?.message == "no such column: devise" && error?.kind == .mistake)
        var null = SQLText([0x20, 0, 0x20])
        #expect(throws: SQLError.self) { try session.next(in: &null) }
        var unfinished = SQLText("SELECT (1")
        #expect(throws: SQLError.self) { try session.next(in: &unfinished) }
    }

    @Test("ends when it is told to")
    func interruption() throws {
        try store().commit()
        let session = try SQLSession(path: path)
        session.shouldStop = { true }
        let error = #expect(throws: SQLError.self) {
            try session.rows("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
        }
        #expect(error?.kind == .interrupted)
    }

    @Test("has aggregates with the figures that follow from their rows, found by tier, series and start")
    func aggregates() throws {
        let store = try store()
        var written: [StoredAggregate] = []
        for (device, quantity) in [("a", "pm10"), ("a", "no2"), ("b", "pm10")] + (0..<30).map({ ("x\($0)", "pm10") }) {
            let id = try series(device, quantity, store)
            for (tier, count) in [(Tier.minute, 40), (.hour, 5), (.day, 1)] {
                for index in 0..<Int64(count) {
                    let window = Window(tier, holding: ten + index * Int64(tier.rawValue) * 1000, days: .utc)
                    var aggregate = Aggregate(window: window, count: 4, suspectCount: 1, expected: 5)
                    aggregate.statistics = .init(
                        mean: 5, squaredDeviations: 16, minimum: 3, minimumTime: window.start + 5, maximum: 7,
                        maximumTime: window.start + 9, first: 3, firstTime: window.start, last: 7,
                        lastTime: window.start + 10)
                    written.append(StoredAggregate(series: id, aggregate: aggregate, revision: 1))
                    _ = try store.write(aggregate, series: id)
                }
            }
        }
        try store.commit()
        let session = try SQLSession(path: path)
        #expect(try session.rows("SELECT count(*) FROM aggregates") == [["\(written.count)"]])
        for (condition, holds) in [
            ("tier = '1m'", { $0.aggregate.window.tier == .minute }),
            ("tier IN ('1h', '1d', 'x') AND device = 'a'", { $0.aggregate.window.tier >= .hour && $0.series <= 2 }),
            (
                "tier = '1m' AND series = 3 AND start >= \(ten.milliseconds + 1) AND start < \(ten.milliseconds + 300_000)",
                {
                    $0.series == 3 && $0.aggregate.window.tier == .minute && $0.aggregate.window.start > ten
                        && $0.aggregate.window.start < ten + 300_000
                }
            ), ("series = 2", { $0.series == 2 }), ("tier = '1d'", { $0.aggregate.window.tier == .day }),
            ("start > \(ten.milliseconds + 60_000)", { $0.aggregate.window.start > ten + 60_000 }),
        ] as [(String, (StoredAggregate) -> Bool)] {
            for order in ["start", "start DESC"] {
                let found = try session.rows(
                    "SELECT series, tier, start FROM aggregates WHERE \(condition) ORDER BY \(order)")
                let expected = written.filter(holds).map { row in
                    ["\(row.series)", row.aggregate.window.tier.name, "\(row.aggregate.window.start.milliseconds)"]
                }
                #expect(Set(found) == Set(expected) && found.count == expected.count, "\(condition)")
                let starts = found.compactMap { Int64($0[2]) }
                #expect(starts == (order == "start" ? starts.sorted() : starts.sorted().reversed()), "\(condition)")
            }
        }
        let figures = try session.rows(
            """
            SELECT device, quantity, unit, tier, utc(start), "end" - start, count, mean, min, max, stddev, first, last, coverage,
            valid, revision, suspect, fail, expected, increase, min_time - start, max_time - start, p50, resultant
            FROM aggregates WHERE tier = '1h' AND device = 'b' ORDER BY start LIMIT 1
            """)
        #expect(
            figures == [
                [
                    "b", "pm10", "ug/m3", "1h", "2026-11-23T10:00:00.000Z", "3600000", "4", "5.0", "3.0", "7.0", "2.0",
                    "3.0", "7.0", "0.8", "1", "1", "1", "0", "5", "NULL", "5", "9", "NULL", "NULL",
                ]
            ])
        let plan = try session.plan("SELECT * FROM aggregates WHERE tier = '1h' AND series = 1 ORDER BY start")
        #expect(plan.contains("tier= series=") && !plan.contains("B-TREE"), "\(plan)")
    }

    @Test("has devices, quarantine and ledger in words")
    func views() throws {
        let store = try store()
        for quantity in ["pm2_5", "no2"] {
            let id = try series("a", quantity, store)
            _ = try store.insert(Reading(series: 0, time: ten, value: 1), series: id)
            try store.setFirstTime(ten, of: id)
        }
        for payload in [Array("{\"a\":1}".utf8), [0xFF, 0x00], []] as [[UInt8]] {
            _ = try store.quarantine(
                QuarantinedMessage(
                    received: ten, source: "s", topic: Array("t/ü".utf8), payload: payload,
                    rejection: Rejection(.undecodable, detail: "no")), configuration: "c")
        }
        var account = SourceLedger(source: "s")
        account.messages.received = 3
        try store.add(account)
        try store.commit()
        let session = try SQLSession(path: path)
        let ms = "\(ten.milliseconds)"
        #expect(
            try session.rows("SELECT * FROM devices") == [
                ["a", "air_quality", "pole", "Assendorp", "no2 pm2_5", ms, ms]
            ])
        #expect(
            try session.rows("SELECT number, topic, payload FROM quarantine WHERE topic = 't/ü'") == [
                ["1", "t/ü", "{\"a\":1}"], ["2", "t/ü", "2 bytes"], ["3", "t/ü", ""],
            ])
        #expect(try session.rows("SELECT count FROM ledger WHERE outcome = 'received'") == [["3"]])
        #expect(
            try session.rows("SELECT tests_json(17), utc(0), ms('1970-01-02'), utc(NULL)") == [
                ["{\"gross_range\":1,\"spike\":1}", "1970-01-01T00:00:00.000Z", "86400000", "NULL"]
            ])
        #expect(throws: SQLError.self) { try session.rows("SELECT ms('yesterday')") }
        #expect(try abs(Int64(session.rows("SELECT ms()")[0][0])! - Timestamp.now().milliseconds) < 60_000)
        // What is explained is there.
        for row in try session.rows("SELECT \"table\", \"column\" FROM about WHERE \"column\" <> ''") {
            _ = try session.rows("SELECT \"\(row[1])\" FROM (SELECT * FROM \(row[0]) LIMIT 1)")
            let known = try session.rows("SELECT name FROM pragma_table_xinfo('\(row[0])')").map { $0[0] }
            #expect(known.contains(row[1]), "\(row)")
        }
    }

    @Test("has views in the file itself, for other programs")
    func shellViews() throws {
        let store = try store()
        let id = try series("a", "pm2_5", store)
        _ = try store.insert(Reading(series: 0, time: ten, value: 1), series: id)
        try store.commit()
        let database = try Database(path: path, mode: .readOnly, busyTimeoutMilliseconds: 0)
        #expect(try database.integer("SELECT last_time FROM devices WHERE device = 'a'") == ten.milliseconds)
        #expect(
            try database.integer("SELECT time FROM readings WHERE device = 'a' AND quantity = 'pm2_5'")
                == ten.milliseconds)
        #expect(try database.integer("SELECT count(*) FROM about WHERE holds LIKE '%poort sql%'") ?? 0 > 1)
        let missing = """
            SELECT count(*) FROM about WHERE "column" <> ''
            AND "column" NOT IN (SELECT name FROM pragma_table_xinfo(about."table"))
            """
        #expect(try database.integer(missing) == 0)
    }

    @Test("reads files of older versions")
    func olderFiles() throws {
        for version in 1...3 {
            let path = directory.file("old\(version).db")
            do {
                let database = try Database(path: path, mode: .readWrite, busyTimeoutMilliseconds: 0)
                for step in SchemaVersions.migrations[..<version] { try database.execute(step, operation: "test") }
                try database.execute(
                    """
                    PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(version);
                    INSERT INTO series(id, device, quantity, unit, kind, device_type, first_time)
                    VALUES(1, 'd', 'no2', 'ug/m3', 'gauge', 'air', 5);
                    INSERT INTO readings VALUES(5, 1, 2.5, 1, 1);
                    """, operation: "test")
            }
            let session = try SQLSession(path: path)
            #expect(
                try session.rows("SELECT * FROM readings ORDER BY time") == [
                    ["1", "d", "no2", "ug/m3", "5", "2.5", "1", "1"]
                ])
            #expect(try session.rows("SELECT count(*) FROM readings WHERE device = 'd' AND time < 6") == [["1"]])
            #expect(try session.rows("SELECT device, last_time FROM devices") == [["d", "5"]])
            for table in ["aggregates", "quarantine", "ledger"] {
                #expect(try session.rows("SELECT * FROM \(table)").isEmpty)
            }
        }
    }
}
