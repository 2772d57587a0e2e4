import Glibc
import Telemetry

/// Where a damaged database goes: beside its place, under its name with the time, with its log.
///
/// What is under way is written down in a file (`poort.db.salvage`), so that a crash leaves nothing half done: the stamp of
/// the file that is set aside, and how far it is.
public struct SetAside: Sendable {
    /// Where the database belongs.
    public let path: String

    public init(path: String) {
        self.path = path
    }

    enum Phase: String {
        /// The files are to be renamed, or some of them are.
        case marked
        /// They are; what stands in their place is a database that has been begun from them.
        case aside
    }

    /// In UTC: `20261124T184500Z`.
    func stamp(_ time: Timestamp) -> String {
        String(time.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    func name(_ stamp: String) -> String { "\(path).damaged-\(stamp)" }
    private var marker: String { path + ".salvage" }
    /// A database that is being begun.
    var begun: String { path + ".salvaged" }

    private static let companions = ["-wal", "-shm"]

    /// The files that were set aside and are still there, the oldest first.
    public var files: [String] {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let prefix = (slash.map { String(path[path.index(after: $0)...]) } ?? path) + ".damaged-"
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: Set<String> = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(prefix) else { continue }
            let companion = SetAside.companions.first { name.hasSuffix($0) }
            found.insert(String(name.dropLast(companion?.count ?? 0)))
        }
        let start = slash.map { String(path[...$0]) } ?? ""
        return found.sorted().map { start + $0 }
    }

    /// What is under way; nil when nothing is.
    var underWay: (stamp: String, phase: Phase)? {
        guard let bytes = RawFile(path: marker)?.bytes(at: 0, count: 23) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let phase = Phase(rawValue: String(parts[1])) else { return nil }
        return (String(parts[0]), phase)
    }

    /// Sets the files aside. Nothing may be open on them.
    func begin(now: Timestamp) throws(StorageError) {
        var time = now
        while exists(name(stamp(time))) || exists(name(stamp(time)) + "-wal") { time = time + 1000 }
        try write(stamp(time), .marked)
        FaultPoint.reach("salvage.marked")
        try move(stamp(time))
    }

    /// Goes on with what a crash cut off.
    func move(_ stamp: String) throws(StorageError) {
        // The database goes first: a log without its file is noticed, a file without its log is not.
        for companion in [""] + SetAside.companions {
            try rename(path + companion, to: name(stamp) + companion)
            FaultPoint.reach("salvage.aside\(companion)")
        }
        try write(stamp, .aside)
        FaultPoint.reach("salvage.aside")
    }

    /// Removes what a crash left of a database that was being begun.
    func clear() {
        for companion in [""] + SetAside.companions { unlink(begun + companion) }
    }

    /// Puts the database that was begun into its place.
    func place() throws(StorageError) {
        try rename(begun, to: path)
        try syncDirectory()
        FaultPoint.reach("salvage.placed")
    }

    /// Nothing is under way any more.
    func finish() throws(StorageError) {
        unlink(marker)
        try syncDirectory()
    }

    private func write(_ stamp: String, _ phase: Phase) throws(StorageError) {
        let new = marker + ".new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("write \(new)") }
        let text = Array("\(stamp) \(phase.rawValue)".utf8)
        let padded = text + Array(repeating: UInt8(ascii: " "), count: max(0, 23 - text.count))
        let isWritten = Glibc.write(descriptor, padded, padded.count) == padded.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten else { throw failure("write \(new)") }
        try rename(new, to: marker)
        try syncDirectory()
    }

    /// What is not there needs no other name.
    private func rename(_ from: String, to target: String) throws(StorageError) {
        if Glibc.rename(from, target) != 0, errno != ENOENT { throw failure("rename \(from)") }
    }

    func syncDirectory() throws(StorageError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    func exists(_ file: String) -> Bool { access(file, F_OK) == 0 }

    private func failure(_ operation: String) -> StorageError {
        // As SQLite says it of such files, so that it is tried again.
        let code: Int32 = errno == ENOSPC ? 13 : 10
        return StorageError(operation: operation, path: path, code: code, cause: String(cString: strerror(errno)))
    }
}
