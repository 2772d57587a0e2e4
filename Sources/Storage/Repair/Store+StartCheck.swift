import CSQLite
import Glibc

extension Store {
    /// Looks at the files of a database before SQLite does, which takes an empty file for a new one, throws the log of
    /// such a one away, and stops without a word at the first frame of a log that is not whole.
    ///
    /// No connection of this process may be open on the database. Bounded: the header, a few pages, and the log. A file that is not there, or not Poort's, is somebody else's to judge.
    /// - Throws: what is damaged (``StorageError/isDamage``).
    static func checkFiles(path: String) throws(StorageError) {
        let size = RawFile(path: path)?.size
        if size ?? 0 == 0 {
            guard let log = RawFile(path: path + "-wal"), log.size > 32 else { return }
            throw damage(
                size == nil ? "it is gone, and its write-ahead log is not" : "it is empty, and its log is not", path)
        }
        if access(path, R_OK) != 0 { return }
        guard let pages = DatabasePages(path: path, looksAtIndex: true) else { return }
        if let damage = pages.log?.damage { throw Store.damage(damage, path) }
        let held = UInt32(clamping: (size ?? 0) / Int64(pages.pageBytes))
        guard pages.toldPageCount > held else { return }
        let places = pages.log?.places ?? [:]
        if let missing = ((held + 1)...pages.toldPageCount).first(where: { places[$0] == nil && !pages.isFree($0) }) {
            throw damage("it is cut off: page \(missing) of \(pages.toldPageCount) is missing", path)
        }
    }

    static func damage(_ cause: String, _ path: String) -> StorageError {
        StorageError(operation: "use the database", path: path, code: SQLITE_CORRUPT, cause: cause)
    }
}
