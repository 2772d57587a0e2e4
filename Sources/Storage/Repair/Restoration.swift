import CSQLite
import Glibc
public import Telemetry

/// Puts a backup into a database's place. Nothing may be open on the database, nor begin to be.
public struct Restoration: Sendable {
    public let backup: String
    public let path: String

    /// Looks at a backup before anything is changed.
    /// - Parameter progress: the share of the pages that was looked at.
    /// - Throws: when it is not a whole database of Poort's.
    public init(of backup: String, to path: String, progress: (Double) -> Void = { _ in }) throws(StorageError) {
        self.backup = backup
        self.path = path
        let census = PageCensus(path: backup, progress: progress)
        let reader = try StoreReader(path: backup)
        try refuse(census.complaint ?? census.damaged.first.map { "page \($0) is damaged" })
        try refuse(reader.structuralFaults(limit: 1).first)
        try refuse(reader.segmentCensus().complaint)
    }

    private func refuse(_ complaint: String?) throws(StorageError) {
        guard let complaint else { return }
        throw StorageError(
            operation: "restore the backup", path: backup, code: SQLITE_CORRUPT, cause: complaint,
            hint: "take another backup; nothing was changed")
    }

    /// Whether something stands in the place already.
    public var wouldReplace: Bool { ["", "-wal"].contains { access(path + $0, F_OK) == 0 } }

    /// Copies the backup, sets aside what stands in its place, and takes that.
    /// - Returns: the new name of what stood there; nil when nothing did.
    public func run(now: Timestamp) throws(StorageError) -> String? {
        let part = path + ".restored"
        defer { unlink(part) }
        try copy(to: part)
        var aside: String?
        if wouldReplace {
            let name = "\(path).replaced-\(SetAside(path: path).stamp(now))"
            completeReplaced()
            // At every moment something stands in the place, and what stands there has its own log.
            if access(path, F_OK) == 0, link(path, name) != 0 { throw failure("rename \(path)") }
            for suffix in ["-wal", "-shm"] where access(path + suffix, F_OK) == 0 {
                guard rename(path + suffix, name + suffix) == 0 else { throw failure("rename \(path)\(suffix)") }
            }
            aside = name
        }
        guard rename(part, path) == 0 else { throw failure("rename \(part)") }
        // A salvage that was under way belonged to what stood there.
        try SetAside(path: path).finish()
        return aside
    }

    /// Copies its log into the database that is replaced, as far as it can still be read.
    private func completeReplaced() {
        guard access(path, F_OK) == 0 else { return }
        let database = try? Database(path: path, mode: .readWrite, busyTimeoutMilliseconds: 1000)
        try? database?.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "complete what is replaced")
    }

    private func copy(to part: String) throws(StorageError) {
        guard let source = RawFile(path: backup) else { throw failure("read \(backup)") }
        unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("write \(part)") }
        defer { close(descriptor) }
        adoptOwner(descriptor)
        var offset: Int64 = 0
        while offset < source.size {
            let count = Int(min(1 << 20, source.size - offset))
            guard let bytes = source.bytes(at: offset, count: count) else { throw failure("read \(backup)") }
            guard write(descriptor, bytes, count) == count else { throw failure("write \(part)") }
            offset += Int64(count)
        }
        guard fsync(descriptor) == 0 else { throw failure("write \(part)") }
    }

    /// It belongs to whom the database belonged, or the directory: root restores what another user's daemon writes.
    private func adoptOwner(_ descriptor: Int32) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var information = stat()
        guard stat(path, &information) == 0 || stat(folder, &information) == 0 else { return }
        _ = fchown(descriptor, information.st_uid, information.st_gid)
    }

    private func failure(_ operation: String) -> StorageError {
        StorageError(
            operation: operation, path: path, code: errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN,
            cause: String(cString: strerror(errno)))
    }
}
