import Glibc

/// Which files a delivery has begun, written down before they are made: those of a delivery that was not recorded are
/// deleted, and no others. What stands in it is one line for what was recorded before, and one for each file.
struct BegunFiles {
    let folder: FileFolder
    let names: FileName

    private var path: String { folder.place(of: names.journal) }

    /// - Parameter isFirst: whether the delivery has begun none before.
    func add(_ file: String, after mark: String?, isFirst: Bool) throws(FileFolder.Failure) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (isFirst ? O_TRUNC : O_APPEND)
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw FileFolder.Failure(operation: "make \(names.journal)", code: errno) }
        defer { close(descriptor) }
        let text = (isFirst ? "\(mark ?? "-")\n" : "") + "\(file)\n"
        var bytes = Array(text.utf8)
        guard write(descriptor, &bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw FileFolder.Failure(operation: "write \(names.journal)", code: errno == 0 ? ENOSPC : errno)
        }
        if isFirst { try folder.sync() }
    }

    /// Deletes what was begun after a mark and not recorded.
    func undo(after mark: String?) throws(FileFolder.Failure) {
        let lines = lines()
        guard let first = lines.first else { return }
        if first == mark ?? "-" {
            for file in lines.dropFirst() where names.seconds(of: file) != nil { try folder.remove(file) }
            try folder.sync()
        }
        try forget()
    }

    /// What was begun is recorded.
    func forget() throws(FileFolder.Failure) { try folder.remove(names.journal) }

    /// Those that are whole.
    private func lines() -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
