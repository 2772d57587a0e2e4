import CSQLite

/// What is wrong with a statement of a person, or with what it reads.
public struct SQLError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The statement makes no sense: its author can mend it.
        case mistake
        /// The statement would do more than read.
        case refused
        /// It asks for a segment that is damaged.
        case damagedSegment
        /// It was stopped.
        case interrupted
        /// The file or the machine does not do what it should.
        case failed
    }

    public var kind: Kind
    /// SQLite's words, or ours.
    public var message: String
    /// Where in the text it is wrong, in bytes, where SQLite knows.
    public var offset: Int?

    public var description: String { message }

    /// The connection's last error.
    init(_ database: Database, refused: String?, base: Int) {
        let code = sqlite3_extended_errcode(database.handle)
        message = String(cString: sqlite3_errmsg(database.handle))
        let place = sqlite3_error_offset(database.handle)
        offset = place >= 0 ? base + Int(place) : nil
        if let refused, message.hasPrefix("not authorized") {
            kind = .refused
            message = "\(refused) is refused: the file is only read"
            return
        }
        switch code & 0xFF {
        case SQLITE_AUTH, SQLITE_READONLY:
            kind = .refused
            message = "\(refused ?? "a statement that changes something") is refused: the file is only read"
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_MISMATCH: kind = .mistake
        case SQLITE_INTERRUPT: kind = .interrupted
        case SQLITE_CORRUPT where code == VirtualTable.damaged: kind = .damagedSegment
        default:
            kind = .failed
            message += " [SQLite \(code)] (\(database.path))"
        }
    }

    init(_ kind: Kind, _ message: String, offset: Int? = nil) {
        (self.kind, self.message, self.offset) = (kind, message, offset)
    }
}
