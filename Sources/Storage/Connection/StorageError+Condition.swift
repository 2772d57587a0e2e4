import CSQLite
import Glibc

extension StorageError {
    /// How a store is that does not work, in a word for people and scripts.
    public enum Condition: String, Sendable, Hashable, CaseIterable {
        case full
        case readOnly = "read-only"
        /// The file, or the file system that it was on, is not where it was.
        case gone
        /// The file cannot be opened: its directory is not there, or closed to this user.
        case unreachable
        case locked
        case damaged
        /// The disk does not read or write.
        case failing
    }

    /// The file system that held the database is not mounted any more. Ours: SQLite does not look.
    static let mediumGone = SQLITE_CANTOPEN | 127 << 8

    public var condition: Condition {
        if code == StorageError.pageDamaged { return .damaged }
        if code == StorageError.fileMoved || code == StorageError.mediumGone { return .gone }
        return switch code & 0xFF {
        case SQLITE_FULL: .full
        case SQLITE_READONLY: .readOnly
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .unreachable
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
        default: .failing
        }
    }

    /// SQLite's code for what the system said of another file beside the database.
    public static func code(of systemError: Int32) -> Int32 {
        switch systemError {
        case ENOSPC, EDQUOT: SQLITE_FULL
        case EROFS: SQLITE_READONLY
        case EIO: SQLITE_IOERR
        case EWOULDBLOCK: SQLITE_BUSY
        default: SQLITE_CANTOPEN
        }
    }
}
