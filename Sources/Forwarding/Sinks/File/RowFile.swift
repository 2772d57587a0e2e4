import Glibc

/// An open file that grows at its end. One thread.
final class RowFile {
    let name: String
    let day: Int64
    /// As far as it was written.
    private(set) var length: Int64
    private let path: String
    private let descriptor: Int32

    /// Makes a new file.
    init(making name: String, day: Int64, in folder: FileFolder) throws(FileFolder.Failure) {
        self.name = name
        self.day = day
        path = folder.place(of: name)
        length = 0
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        if descriptor < 0 { throw FileFolder.Failure(operation: "make \(name)", code: errno) }
    }

    /// Opens a file and cuts it to a length.
    /// - Returns: nil where there is none, or it is shorter: what was written to it is not in it any more.
    init?(_ name: String, day: Int64, length: Int64, in folder: FileFolder) throws(FileFolder.Failure) {
        self.name = name
        self.day = day
        self.length = length
        path = folder.place(of: name)
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw FileFolder.Failure(operation: "open \(name)", code: errno)
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw FileFolder.Failure(operation: "open \(name)", code: errno)
        }
        if information.st_size < length { return nil }
        if information.st_size > length { try cut(to: length) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether these are its first bytes. Of one that was opened.
    func begins(with bytes: [UInt8]) -> Bool {
        guard length >= Int64(bytes.count) else { return false }
        var first = [UInt8](repeating: 0, count: bytes.count)
        return bytes.isEmpty || pread(descriptor, &first, first.count, 0) == first.count && first == bytes
    }

    func append(_ bytes: ArraySlice<UInt8>) throws(FileFolder.Failure) {
        var left = bytes
        var end = off_t(length)
        while !left.isEmpty {
            let written = left.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, end) }
            if written < 0, errno == EINTR { continue }
            if written <= 0 { throw FileFolder.Failure(operation: "write \(name)", code: written < 0 ? errno : ENOSPC) }
            left = left.dropFirst(written)
            end += off_t(written)
        }
        length += Int64(bytes.count)
    }

    func cut(to length: Int64) throws(FileFolder.Failure) {
        guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else {
            throw FileFolder.Failure(operation: "cut \(name)", code: errno)
        }
        self.length = length
    }

    func sync() throws(FileFolder.Failure) {
        if fdatasync(descriptor) != 0 { throw FileFolder.Failure(operation: "write \(name)", code: errno) }
    }

    /// Whether the file still lies under its name: not on a disk that was taken away, nor deleted.
    var isInPlace: Bool {
        var (open, named) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && lstat(path, &named) == 0 && open.st_dev == named.st_dev
            && open.st_ino == named.st_ino
    }
}
