import CSQLite
import Glibc
import Storage
import Telemetry
import TestKit

/// A file with sealed readings, and the same in a plain table keyed by series and time.
final class ScanFile {
    private let directory = TemporaryDirectory()
    let path: String
    private var database: OpaquePointer?
    private var insertSegment: OpaquePointer?
    private var insertRow: OpaquePointer?
    private static let hour: Int64 = 3_600_000

    init(seriesCount: Int) throws {
        path = directory.file("poort.db")
        let store = try Store(path: path)
        for number in 0..<seriesCount {
            let quantity = QuantityCatalogue()[["pm2_5", "no2", "temperature", "humidity"][number % 4]]!
            _ = try store.identify(Series(number: 0, device: "aq-\(number / 4)", quantity: quantity))
        }
        try store.commit()
        open()
        execute(
            """
            PRAGMA synchronous = OFF;
            CREATE TABLE plain(series INTEGER, time INTEGER, value REAL, flag INTEGER, tests INTEGER,
            PRIMARY KEY(series, time)) WITHOUT ROWID
            """)
        insertSegment = prepare(
            "INSERT INTO segments(id, series, first_time, last_time, count, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        insertRow = prepare("INSERT INTO plain VALUES(?1, ?2, ?3, 1, 69905)")
    }

    deinit { close() }

    private func open() {
        precondition(sqlite3_open(path, &database) == SQLITE_OK)
    }

    private func close() {
        for statement in [insertSegment, insertRow] { sqlite3_finalize(statement) }
        (insertSegment, insertRow) = (nil, nil)
        sqlite3_close(database)
        database = nil
    }

    private func execute(_ sql: String) {
        precondition(
            sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK, String(cString: sqlite3_errmsg(database)))
    }

    private func prepare(_ sql: String) -> OpaquePointer? {
        var statement: OpaquePointer?
        precondition(sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK)
        return statement
    }

    /// Lets `work` add what the file is to hold.
    func fill(_ work: () throws -> Void) throws {
        execute("BEGIN")
        try work()
        execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        close()
    }

    func seal(_ points: [(time: Timestamp, value: Double)], series: SeriesID) throws {
        var builder = SegmentBuilder(series: series)
        for point in points {
            try builder.append(
                SealedReading(time: point.time, value: point.value, flag: .good, tests: QualityTests(bits: 0x1_1111)))
        }
        let bytes = try builder.seal()
        let (first, last) = (points[0].time.milliseconds, points[points.count - 1].time.milliseconds)
        sqlite3_bind_int64(insertSegment, 1, (first / ScanFile.hour) << 43 | Int64(series) << 12)
        sqlite3_bind_int64(insertSegment, 2, Int64(series))
        sqlite3_bind_int64(insertSegment, 3, first)
        sqlite3_bind_int64(insertSegment, 4, last)
        sqlite3_bind_int64(insertSegment, 5, Int64(points.count))
        sqlite3_bind_blob64(insertSegment, 6, bytes, UInt64(bytes.count), poort_sqlite_transient())
        precondition(sqlite3_step(insertSegment) == SQLITE_DONE)
        sqlite3_reset(insertSegment)
    }

    func insertPlain(_ points: [(time: Timestamp, value: Double)], series: SeriesID) throws {
        for point in points {
            sqlite3_bind_int64(insertRow, 1, Int64(series))
            sqlite3_bind_int64(insertRow, 2, point.time.milliseconds)
            sqlite3_bind_double(insertRow, 3, point.value)
            precondition(sqlite3_step(insertRow) == SQLITE_DONE)
            sqlite3_reset(insertRow)
        }
    }

    /// Runs a statement to its end.
    /// - Returns: how many rows it gave.
    func step(_ sql: String, in session: SQLSession) throws -> Int {
        var rows = 0
        try session.run(session.prepare(sql)) { _ in
            rows += 1
            return true
        }
        return rows
    }

    /// The same on the plain table.
    func stepPlain(_ sql: String) throws -> Int {
        if database == nil { open() }
        let statement = prepare(sql.replacing(" readings", with: " plain"))
        defer { sqlite3_finalize(statement) }
        var rows = 0
        while sqlite3_step(statement) == SQLITE_ROW { rows += 1 }
        return rows
    }

    /// Lets the system forget what it has of the file in memory. Source: posix_fadvise(2).
    func forget() {
        let descriptor = Glibc.open(path, O_RDONLY)
        fdatasync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        Glibc.close(descriptor)
    }
}
