import Control
import Glibc

/// How much room files and the process take. Source: stat(2), statvfs(3), proc(5).
public struct DiskUse {
    let path: String

    /// - Parameter path: of the database.
    public init(path: String) {
        self.path = path
    }

    func storageStatus(databaseBytes: Int64) -> StatusReport.Storage {
        StatusReport.Storage(
            path: path, databaseBytes: databaseBytes, walBytes: size(of: path + "-wal"), freeBytes: freeBytes)
    }

    public func size(of file: String) -> Int64 {
        var information = stat()
        return stat(file, &information) == 0 ? Int64(information.st_size) : 0
    }

    /// Of the file system, for users other than root.
    public var freeBytes: Int64 {
        var information = statvfs()
        guard statvfs(ParentDirectory(path).path, &information) == 0 else { return 0 }
        return Int64(information.f_bavail) * Int64(information.f_frsize)
    }

    static func residentBytes() -> Int64 {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " ")
        return fields.count > 1 ? (Int64(fields[1]) ?? 0) * Int64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
