import CSQLite
import Glibc

extension Store {
    /// Looks at what stands at a path, before anything is written there.
    ///
    /// What may pass by itself is left to who opens it: nothing there yet, a lock, a disk that fails, missing rights.
    /// - Throws: when it will never be a Poort database: a directory, another program's file, one of a newer poort.
    public static func inspect(path: String) throws(StorageError) {
        var information = stat()
        guard stat(path, &information) == 0 else { return }
        let kind = information.st_mode & S_IFMT
        guard kind == S_IFREG else {
            throw StorageError(
                operation: "use the database", path: path, code: SQLITE_NOTADB,
                cause: kind == S_IFDIR ? "it is a directory" : "it is not a regular file",
                hint: kind == S_IFDIR ? "name a file in it: \(path)/poort.db" : "name another")
        }
        guard information.st_size > 0, access(path, R_OK) == 0 else { return }
        // Not by SQLite: where a log is to be recovered it forgets what the log held before.
        guard let pages = DatabasePages(path: path) else {
            throw StorageError(
                operation: "use the database", path: path, code: SQLITE_NOTADB, cause: "file is not a database")
        }
        // One that is damaged is salvaged.
        guard let header = pages.page(1) else { return }
        let isEmpty = header.bigEndian16(at: 103) == 0
        if !isEmpty || header.bigEndian32(at: 68) != 0 { try Store.expectOurs(header, path: path) }
    }
}
