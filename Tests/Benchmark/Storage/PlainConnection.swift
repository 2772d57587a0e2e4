import CPageChecksums
import CSQLite

/// A connection to an SQLite file of which Poort's code knows nothing. It belongs to one thread.
final class PlainConnection {
    private let handle: OpaquePointer
    /// The layer that gives pages their checksums; nil in a file without.
    private let layer: UnsafePointer<CChar>?

    /// - Parameter hasChecksums: for a file of Poort's that is written to.
    init(path: String, hasChecksums: Bool = false) throws {
        layer = hasChecksums ? poort_checksums_over(nil) : nil
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, layer)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close(opened)
            throw BenchmarkFailure(description: "cannot open \(path): SQLite's code \(code)")
        }
        handle = opened
    }

    deinit {
        sqlite3_close_v2(handle)
        if let layer { poort_checksums_release(layer) }
    }

    func execute(_ sql: String) throws {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw failure(sql) }
    }

    func prepare(_ sql: String) throws -> PlainStatement {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw failure(sql)
        }
        return PlainStatement(statement, of: self)
    }

    /// The first column of the first row.
    func integer(_ sql: String) throws -> Int64 {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// Runs a statement to its end.
    /// - Returns: how many rows it gave.
    func step(_ sql: String) throws -> Int {
        let statement = try prepare(sql)
        var rows = 0
        while try statement.step() { rows += 1 }
        return rows
    }

    /// All pages that a table takes. Source: https://www.sqlite.org/dbstat.html
    func bytes(of table: String) throws -> Int64 {
        try integer("SELECT pgsize FROM dbstat WHERE aggregate = TRUE AND name = '\(table)'")
    }

    fileprivate func failure(_ operation: String) -> BenchmarkFailure {
        BenchmarkFailure(description: "\(operation): \(String(cString: sqlite3_errmsg(handle)))")
    }
}

/// A statement of a ``PlainConnection``.
final class PlainStatement {
    private let handle: OpaquePointer
    private let connection: PlainConnection

    fileprivate init(_ handle: OpaquePointer, of connection: PlainConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// - Parameter parameter: from 1.
    func bind(_ parameter: Int32, _ value: Int64) { sqlite3_bind_int64(handle, parameter, value) }
    func bind(_ parameter: Int32, _ value: Double) { sqlite3_bind_double(handle, parameter, value) }
    func bind(_ parameter: Int32, _ value: Double?) {
        if let value { bind(parameter, value) } else { sqlite3_bind_null(handle, parameter) }
    }
    func bind(_ parameter: Int32, _ bytes: [UInt8]) {
        sqlite3_bind_blob64(handle, parameter, bytes, UInt64(bytes.count), poort_sqlite_transient())
    }

    /// Of the current row.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw connection.failure("step")
        }
    }

    /// Runs it for what it changes.
    func run() throws {
        _ = try step()
        sqlite3_reset(handle)
    }
}

/// Why there are no figures.
struct BenchmarkFailure: Error, CustomStringConvertible {
    var description: String
}
