import CSQLite
import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

/// What a released version wrote is there after each step to this one, and after a crash at each step.
@Suite("Files of every schema version")
struct MigrationTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private static let versions = Array(1...SchemaVersions.migrations.count)
    private static let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    @Test("are read as they are, and whole once they are brought up to date", arguments: versions)
    func broughtUpToDate(version: Int) throws {
        MigrationTests.write(version, to: path)
        try expectWhole(StoreReader(path: path), version: version)
        let store = try Store(path: path)
        try expectWhole(store.reader, version: version)
        #expect(try store.database.integer("PRAGMA user_version") == Schema.currentVersion)
        #expect(try store.unacknowledged().map(\.batch) == [7])
        #expect(try store.state("closed_until") == MigrationTests.ten.milliseconds)
        var late: [Timestamp] = []
        try store.lateWindows { minute, _, _ in late.append(minute) }
        #expect(late == [MigrationTests.ten])
        #expect(try store.reader.subscriptions() == ["sensors/#"])
        #expect(try store.reader.structuralFaults().isEmpty)
        // And is written to.
        let reading = Reading(series: 0, time: MigrationTests.ten + 3_600_000, value: 1)
        #expect(try store.insert(reading, series: 1) == .stored(at: reading.time))
        let known = Reading(series: 0, time: MigrationTests.ten + 1000, value: 1.5)
        #expect(try store.insert(known, series: 1) == .duplicate)
    }

    @Test("survive SIGKILL at each step of it", arguments: versions)
    func killed(version: Int) async throws {
        let points = (version..<SchemaVersions.migrations.count).flatMap {
            ["migration.\($0 + 1)", "migration.\($0 + 1).uncommitted"]
        }
        for point in points + ["migration.finished"] {
            let path = directory.file(point)
            MigrationTests.write(version, to: path)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, point = point as String] in
                setenv(FaultPoint.variable, point, 1)
                _ = try Store(path: path)
            }
            try expectWhole(StoreReader(path: path), version: version)
            try expectWhole(Store(path: path).reader, version: version)
        }
    }

    @Test("that are damaged are salvaged and brought up to date", arguments: versions)
    func salvaged(version: Int) throws {
        MigrationTests.write(version, to: path)
        _ = try Salvage.setAside(path: path, now: MigrationTests.ten)
        let (store, salvage) = try Salvage.open(path: path, options: StoreOptions()) {}
        #expect(try salvage?.goOn(pages: 1000) == false)
        #expect(try salvage?.finish() == 0)
        try expectWhole(store.reader, version: version)
        #expect(DatabasePages(path: path)?.isSealed == true)
    }

    private func expectWhole(_ reader: StoreReader, version: Int) throws {
        let ten = MigrationTests.ten
        var values: [Double] = []
        try reader.readings(in: ten..<(ten + 3_600_000)) { row in
            values.append(row.value)
            return true
        }
        #expect(values == (0..<50).map { Double($0) * 1.5 })
        var aggregates: [StoredAggregate] = []
        try reader.aggregates(.minute, in: .distantPast..<(.distantFuture)) { row in
            aggregates.append(row)
            return true
        }
        #expect(aggregates.map(\.revision) == [2])
        #expect(aggregates.first?.aggregate.mean == 36.75 && aggregates.first?.aggregate.count == 50)
        #expect(try reader.heldMessages(limit: 9).map(\.message.payload) == [[0x62, 0x63]])
        let account = try reader.ledger().first
        #expect(
            account?.source == "s" && account?.readings.stored == (version < 3 ? 50 : 51) && account?.isBalanced == true
        )
        let holdings = try reader.holdings()
        #expect(holdings.readings + holdings.undated == (version < 3 ? 50 : 51))
        #expect(try reader.series().map(\.device) == ["d"])
    }

    /// As that version wrote it.
    private static func write(_ version: Int, to path: String) {
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        func execute(_ sql: String) {
            #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
        }
        let ten = MigrationTests.ten.milliseconds
        execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        for step in SchemaVersions.migrations[..<version] { execute(step) }
        let rows =
            version < 4
            ? "INSERT INTO readings(time, series, value, flag, tests) SELECT \(ten) + n * 1000, 1, n * 1.5, 1, 1"
            : "INSERT INTO hot(id, value, code) SELECT (\(ten) + n * 1000) << 20 | 1, n * 15, 1"
        let aggregate =
            version < 4
            ? """
            INSERT INTO aggregates(tier, start, series, end, count, suspect, fail, expected, mean, squared_deviations,
                minimum, maximum, first, first_time, last, last_time, revision)
                VALUES(60, \(ten), 1, \(ten + 60_000), 50, 0, 0, 60, 36.75, 23428.125, 0, 73.5, 0, \(ten), 73.5,
                \(ten + 49_000), 2)
            """
            : """
            INSERT INTO minutes(id, count, suspect, fail, expected, revision, digits, mean, squared_deviations, minimum,
                maximum, first, first_time, last, last_time)
                VALUES((\(ten) / 60000) << 20 | 1, 50, 0, 0, 60, 2, 1, 36.75, 23428.125, 0, 735, 0, 0, 735, 49000)
            """
        execute(
            """
            PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(version);
            INSERT INTO series(id, device, quantity, unit, kind, device_type, first_time)
                VALUES(1, 'd', 'pm10', 'ug/m3', 'gauge', 'air', \(ten));
            \(version < 4 ? "" : "INSERT INTO verdicts VALUES(0, 1, 1);")
            WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 49)
            \(rows) FROM number;
            \(aggregate);
            INSERT INTO quarantine(id, received, source, topic, payload, reason, detail, configuration)
                VALUES(1, \(ten), 's', x'61', x'6263', 'undecodable', 'd', 'c');
            INSERT INTO ledger VALUES('s', 'messages', 'received', 51), ('s', 'messages', 'stored', 50),
                ('s', 'messages', 'quarantined', 1), ('s', 'readings', 'received', 50), ('s', 'readings', 'stored', 50);
            INSERT INTO late_windows(start, series) VALUES(\(ten), 1);
            INSERT INTO unacknowledged VALUES(7, x'010002000000');
            INSERT INTO subscriptions VALUES('sensors/#');
            INSERT INTO state VALUES('closed_until', \(ten));
            """)
        if version >= 2 { execute("INSERT INTO uplinks VALUES(3, x'0102030405060708')") }
        if version >= 3 {
            execute(
                """
                INSERT INTO boots VALUES(1, 'boot', \(ten), NULL);
                INSERT INTO undated VALUES(1, 1, 5, 5, 0, 1, 4.5, 's');
                UPDATE ledger SET count = 51 WHERE counted = 'readings';
                """)
        }
    }
}
