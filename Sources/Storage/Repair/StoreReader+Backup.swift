import CPageChecksums
import CSQLite
import Glibc

extension StoreReader {
    /// Copies what is committed at this moment into a new file, while the daemon goes on writing. The copy has no free pages,
    /// a checksum on each page, and no log.
    ///
    /// The log cannot begin anew until it is done, and grows meanwhile.
    /// - Parameters:
    ///   - file: is not there yet; appears only once the copy is whole and on the disk.
    ///   - progress: bytes written so far.
    /// - Throws: also for a damaged page: a copy with a hole is none.
    public func backUp(to file: String, progress: @escaping (Int64) -> Void = { _ in }) throws(StorageError) {
        let part = file + ".part"
        unlink(part)
        defer { unlink(part) }
        database.reserveChecksums()
        let watch = BackupWatch(file: part, progress: progress)
        let context = Unmanaged.passUnretained(watch).toOpaque()
        sqlite3_progress_handler(
            database.handle, 20_000,
            { context in
                context.map { Unmanaged<BackupWatch>.fromOpaque($0).takeUnretainedValue().look() }
                return 0
            }, context)
        defer { sqlite3_progress_handler(database.handle, 0, nil, nil) }
        let copy = try database.prepare("VACUUM INTO ?1")
        copy.bind(1, part)
        try withExtendedLifetime(watch) { () throws(StorageError) in try copy.run("copy the database") }
        try PageSealing(path: part).run()
        guard link(part, file) == 0 else {
            throw StorageError(
                operation: "name the copy \(file)", path: database.path, code: SQLITE_CANTOPEN,
                cause: String(cString: strerror(errno)))
        }
        try SetAside(path: file).syncDirectory()
    }
}

/// Looks how far a copy is.
private final class BackupWatch {
    private let file: String
    private let progress: (Int64) -> Void

    init(file: String, progress: @escaping (Int64) -> Void) {
        self.file = file
        self.progress = progress
    }

    func look() {
        var information = stat()
        if stat(file, &information) == 0 { progress(Int64(information.st_size)) }
    }
}

/// Gives checksums to the pages of a file that SQLite has just written: it may write others before the first, which says that
/// there are checksums.
private struct PageSealing {
    let path: String

    func run() throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        guard let file = RawFile(path: path), let shape = PageShape(file), shape.isSealed else { throw failure() }
        let bytes = shape.pageBytes
        for index in 0..<Int(file.size / Int64(bytes)) {
            guard var page = file.bytes(at: Int64(index * bytes), count: bytes) else { throw failure() }
            if poort_page_judge(page, Int32(bytes), UInt32(index + 1)) == poort_page_good { continue }
            let identity = bytes - poort_page_trailer
            if let known = shape.identity { page.replaceSubrange(identity..<(identity + known.count), with: known) }
            poort_page_seal(&page, Int32(bytes), UInt32(index + 1))
            guard pwrite(descriptor, page, bytes, index * bytes) == bytes else { throw failure() }
        }
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    private func failure() -> StorageError {
        StorageError(
            operation: "complete the copy", path: path, code: errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR,
            cause: String(cString: strerror(errno)))
    }
}
