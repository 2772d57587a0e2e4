import CSQLite

/// What the database could not do, in words for a technician.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried: `commit`, `open`, `insert a reading`.
    public var operation: String
    public var path: String
    /// SQLite's extended result code. Source: https://www.sqlite.org/rescode.html
    public var code: Int32
    /// SQLite's own words, or ours where SQLite had none.
    public var cause: String
    public var hint: String

    /// `SQLITE_READONLY_DBMOVED`, which does not reach Swift.
    static let fileMoved = SQLITE_READONLY | 4 << 8

    /// `SQLITE_IOERR_DATA`: a page does not match its checksum.
    static let pageDamaged = SQLITE_IOERR | 32 << 8

    public init(operation: String, path: String, code: Int32, cause: String, hint: String? = nil) {
        self.operation = operation
        self.path = path
        self.code = code
        self.cause = cause
        self.hint = hint ?? StorageError.hint(code: code)
    }

    public var description: String {
        // SQLite has not said what is ours.
        let said = code == StorageError.mediumGone ? "" : " [SQLite \(code)]"
        return "cannot \(operation) (\(path)): \(cause)\(said)" + (hint.isEmpty ? "" : "; \(hint)")
    }

    /// Whether the file holds something else than what was written to it.
    public var isDamage: Bool { code == StorageError.pageDamaged || code & 0xFF == SQLITE_CORRUPT }

    /// Whether what stands at the path is no database, or none of ours.
    public var isNoDatabase: Bool { code & 0xFF == SQLITE_NOTADB }

    private static func hint(code: Int32) -> String {
        if code == pageDamaged || code & 0xFF == SQLITE_CORRUPT {
            return "poort doctor says what is damaged; the daemon sets such a file aside and salvages what can be read"
        }
        return switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            "another program holds a lock on the database: close it (fuser -v shows which)"
        case SQLITE_FULL: "the disk is full: free some space; ingest goes on by itself"
        case SQLITE_IOERR: "the disk does not read or write: look at dmesg, and whether it is full or was taken out"
        case SQLITE_CANTOPEN: "does the directory exist, and may the user that runs poort write there?"
        case SQLITE_READONLY: "the file or its disk is read-only: check owner, mode and mount options"
        case SQLITE_NOTADB: "the file is damaged or not a Poort database: keep a copy and move it away"
        default: ""
        }
    }
}
