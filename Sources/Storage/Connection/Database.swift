import CPageChecksums
import CSQLite

/// One SQLite connection. It belongs to the thread that opened it.
///
/// It reads and writes through a layer that gives each page of a database a checksum and looks at it (`CPageChecksums`).
final class Database {
    let handle: OpaquePointer
    let path: String
    private let layer: UnsafePointer<CChar>

    enum Mode {
        case readWrite
        case readOnly
        /// For a file that nobody writes, in a directory where this user may not either: without the shared-memory file
        /// that readers of a write-ahead log otherwise need. Source: https://www.sqlite.org/wal.html#read_only_databases
        case immutable
    }

    /// - Parameters:
    ///   - busyTimeoutMilliseconds: how long a statement waits for another program's lock.
    ///   - vfs: see ``StoreOptions/vfs``.
    init(path: String, mode: Mode, busyTimeoutMilliseconds: Int32, vfs: String? = nil) throws(StorageError) {
        var opened: OpaquePointer?
        let flags =
            switch mode {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
            case .readOnly: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
            }
        let name = mode == .immutable ? Database.immutableURI(path) : path
        guard let layer = poort_checksums_over(vfs) else {
            throw StorageError(operation: "open the database", path: path, code: SQLITE_NOMEM, cause: "out of memory")
        }
        let code = sqlite3_open_v2(name, &opened, flags, layer)
        guard let opened else {
            poort_checksums_release(layer)
            throw StorageError(operation: "open the database", path: path, code: code, cause: "out of memory")
        }
        guard code == SQLITE_OK else {
            let cause = String(cString: sqlite3_errmsg(opened))
            let extended = sqlite3_extended_errcode(opened)
            sqlite3_close_v2(opened)
            poort_checksums_release(layer)
            throw StorageError(operation: "open the database", path: path, code: extended, cause: cause)
        }
        handle = opened
        self.path = path
        self.layer = layer
        sqlite3_extended_result_codes(opened, 1)
        sqlite3_busy_timeout(opened, busyTimeoutMilliseconds)
    }

    deinit {
        sqlite3_close_v2(handle)
        poort_checksums_release(layer)
    }

    /// Has pages end with a checksum, in a file that has no page yet, or from the next VACUUM on.
    /// Source: https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, `SQLITE_FCNTL_RESERVE_BYTES`
    func reserveChecksums() {
        var bytes = Int32(poort_page_trailer)
        sqlite3_file_control(handle, nil, SQLITE_FCNTL_RESERVE_BYTES, &bytes)
    }

    /// Source: https://www.sqlite.org/uri.html
    private static func immutableURI(_ path: String) -> String {
        let escaped = path.unicodeScalars.map { scalar in
            "?#%".unicodeScalars.contains(scalar) ? "%" + String(scalar.value, radix: 16) : String(scalar)
        }
        return "file:\(escaped.joined())?immutable=1"
    }

    func execute(_ sql: String, operation: String) throws(StorageError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw error(operation) }
    }

    func prepare(_ sql: String) throws(StorageError) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error("prepare: \(sql)") }
        return Statement(statement, of: self)
    }

    /// The first column of the first row; nil when there is no row or it holds NULL.
    func integer(_ sql: String) throws(StorageError) -> Int64? {
        let statement = try prepare(sql)
        defer { statement.reset() }
        guard try statement.step("read"), !statement.isNull(0) else { return nil }
        return statement.integer(0)
    }

    /// Rows that the last statement changed.
    var changedRows: Int32 { sqlite3_changes(handle) }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Whether another file, or none, now bears the name under which this one was opened.
    /// Source: https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, `SQLITE_FCNTL_HAS_MOVED`
    var hasMoved: Bool {
        var moved: Int32 = 0
        return sqlite3_file_control(handle, nil, SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// The connection's last error.
    func error(_ operation: String) -> StorageError {
        let code = sqlite3_extended_errcode(handle)
        var cause = String(cString: sqlite3_errmsg(handle))
        if code == StorageError.pageDamaged, let page = damagedPage { cause = page }
        return StorageError(operation: operation, path: path, code: code, cause: cause)
    }

    /// Which page was found last that does not match its checksum, in words.
    private var damagedPage: String? {
        var page = poort_damaged_page()
        let operation = Int32(poort_damaged_page_control)
        guard sqlite3_file_control(handle, nil, operation, &page) == SQLITE_OK, page.number > 0 else { return nil }
        return page.is_in_log != 0
            ? "page \(page.number) is damaged in the write-ahead log" : "page \(page.number) of the file is damaged"
    }
}
