import Glibc

/// A directory in which files are written, on a disk that may go. One thread.
struct FileFolder {
    let path: String

    /// What was tried, and errno.
    struct Failure: Error {
        var operation: String
        var code: Int32
    }

    func place(of file: String) -> String { "\(path)/\(file)" }

    /// The file system that the directory is on, and how deep its mount point lies.
    func disk() throws(Failure) -> (device: UInt64, mountDepth: Int) {
        let device = try FileFolder.device(of: path)
        var folders = path.split(separator: "/")
        while !folders.isEmpty {
            let above = "/" + folders.dropLast().joined(separator: "/")
            if try FileFolder.device(of: above) != device { break }
            folders.removeLast()
        }
        return (device, folders.count)
    }

    private static func device(of path: String) throws(Failure) -> UInt64 {
        var information = stat()
        guard stat(path, &information) == 0 else { throw Failure(operation: "find \(path)", code: errno) }
        guard information.st_mode & S_IFMT == S_IFDIR else { throw Failure(operation: "find \(path)", code: ENOTDIR) }
        return UInt64(information.st_dev)
    }

    /// The sizes of files by their names, as far as they are ours.
    func files(_ names: FileName) throws(Failure) -> [(name: String, seconds: Int64, bytes: Int64)] {
        guard let folder = opendir(path) else { throw Failure(operation: "read \(path)", code: errno) }
        defer { closedir(folder) }
        var files: [(name: String, seconds: Int64, bytes: Int64)] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var information = stat()
            guard let seconds = names.seconds(of: name), lstat(place(of: name), &information) == 0 else { continue }
            files.append((name, seconds, Int64(information.st_size)))
        }
        return files.sorted { $0.seconds < $1.seconds }
    }

    func remove(_ file: String) throws(Failure) {
        if unlink(place(of: file)) != 0, errno != ENOENT { throw Failure(operation: "delete \(file)", code: errno) }
    }

    /// Makes names durable.
    func sync() throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(operation: "open \(path)", code: errno) }
        defer { close(descriptor) }
        // Some file systems have nothing to do there.
        if fsync(descriptor) != 0, errno != EINVAL { throw Failure(operation: "write \(path)", code: errno) }
    }
}
