import CSQLite

/// Reads the file with SQL, with the daemon running or not: all readings, sealed or not, are the table `readings`.
///
/// Nothing can be changed through it. One thread. ``SQLTables`` says what there is to read.
public final class SQLSession {
    fileprivate let database: Database
    private let watching = SQLGuard()
    private let readings: ReadingsTable
    private let aggregates: AggregatesSQLTable
    /// Asked now and then while a statement runs: whether it is to stop.
    public var shouldStop: () -> Bool = { false }

    /// - Parameter skipsDamaged: whether segments that cannot be read are left out, and noted in ``skipped``, where a
    ///   statement otherwise ends with the first.
    /// - Throws: when the file cannot be read, is not Poort's, or is from a newer Poort.
    public init(path: String, skipsDamaged: Bool = false) throws(StorageError) {
        let (database, version) = try StoreReader.opened(path)
        self.database = database
        readings = try ReadingsTable(database, schemaVersion: version, skipsDamaged: skipsDamaged)
        aggregates = AggregatesSQLTable(database, names: readings.names, schemaVersion: version)
        try SQLFunctions.register(on: database)
        try ReadingsModule.register(readings)
        try AggregatesModule.register(aggregates)
        try database.execute(SQLTables.views(schemaVersion: version), operation: "add the views")
        try database.execute("PRAGMA query_only = ON", operation: "let nothing be changed")
        watching.watch(database)
        sqlite3_progress_handler(
            database.handle, 10_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLSession>.fromOpaque(context).takeUnretainedValue().shouldStop() ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { sqlite3_progress_handler(database.handle, 0, nil, nil) }

    /// Segments that were left out, so far.
    public var skipped: [DamagedSegment] { readings.segments.skipped }

    /// The next statement of a text; nil behind the last.
    public func next(in text: inout SQLText) throws(SQLError) -> SQLStatement? {
        while text.position < text.bytes.count - 1 {
            let begin = text.position
            if text.bytes[begin] == 0 { throw SQLError(.mistake, "there is a byte 0 in the text", offset: begin) }
            watching.forget()
            var handle: OpaquePointer?
            var code = SQLITE_OK
            text.bytes.withUnsafeBufferPointer { bytes in
                let start = UnsafeRawPointer(bytes.baseAddress! + begin).assumingMemoryBound(to: CChar.self)
                var end: UnsafePointer<CChar>?
                code = sqlite3_prepare_v2(database.handle, start, -1, &handle, &end)
                if let end { text.position = begin + (end - start) }
            }
            guard code == SQLITE_OK else { throw SQLError(database, refused: watching.refused, base: begin) }
            if let handle { return SQLStatement(handle, of: database, base: begin) }
            if text.position <= begin { text.position = begin + 1 }
        }
        return nil
    }

    /// A statement of ours.
    public func prepare(_ sql: String) throws(SQLError) -> SQLStatement {
        var text = SQLText(sql)
        guard let statement = try next(in: &text) else { throw SQLError(.mistake, "there is no statement in it") }
        return statement
    }

    /// Visits the rows of a statement, all as of one moment; stops when `visit` says false.
    public func run(_ statement: SQLStatement, visit: (SQLStatement) throws -> Bool) throws {
        watching.allowsTransactions = true
        try database.execute("BEGIN", operation: "begin to read")
        watching.allowsTransactions = false
        defer {
            statement.reset()
            watching.allowsTransactions = true
            try? database.execute("COMMIT", operation: "end reading")
            watching.allowsTransactions = false
        }
        while true {
            switch statement.step() {
            case SQLITE_ROW: if try !visit(statement) { return }
            case SQLITE_DONE: return
            default: throw SQLError(database, refused: watching.refused, base: statement.base)
            }
        }
    }
}

extension SQLSession {
    /// Pages that were taken from the file since it was opened. Source: https://www.sqlite.org/c3ref/c_dbstatus_options.html
    var pagesRead: Int {
        var (current, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(database.handle, SQLITE_DBSTATUS_CACHE_MISS, &current, &highest, 0)
        return Int(current)
    }
}
