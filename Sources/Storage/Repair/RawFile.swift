import CSQLite
import Glibc

/// A file's bytes, read where they are: without SQLite's pages and transactions, which believe what they read.
///
/// Opened by SQLite's own layer all the same: a process that closes a file loses all locks that it has on it, those of its
/// connections as well, which this layer knows of.
/// Source: https://www.sqlite.org/howtocorrupt.html, 2.2
final class RawFile {
    private let file: UnsafeMutablePointer<sqlite3_file>
    private let methods: UnsafePointer<sqlite3_io_methods>
    /// Must be there as long as the file is open.
    private let name: sqlite3_filename
    let size: Int64

    /// Nil where there is none, or none that may be read.
    init?(path: String) {
        guard sqlite3_initialize() == SQLITE_OK, let vfs = sqlite3_vfs_find(nil),
            let name = sqlite3_create_filename(path, "", "", 0, nil)
        else { return nil }
        let bytes = Int(vfs.pointee.szOsFile)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        let file = memory.assumingMemoryBound(to: sqlite3_file.self)
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB
        guard vfs.pointee.xOpen(vfs, name, file, flags, nil) == SQLITE_OK, let methods = file.pointee.pMethods else {
            memory.deallocate()
            sqlite3_free_filename(name)
            return nil
        }
        var size: sqlite3_int64 = 0
        _ = methods.pointee.xFileSize(file, &size)
        (self.file, self.methods, self.name, self.size) = (file, methods, name, size)
    }

    deinit {
        _ = methods.pointee.xClose(file)
        UnsafeMutableRawPointer(file).deallocate()
        sqlite3_free_filename(name)
    }

    /// - Returns: nil where the file ends before, or the disk does not read.
    func bytes(at offset: Int64, count: Int) -> [UInt8]? {
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            isWhole = methods.pointee.xRead(file, buffer.baseAddress, Int32(count), offset) == SQLITE_OK
            length = isWhole ? count : 0
        }
        return isWhole ? bytes : nil
    }
}

extension [UInt8] {
    func bigEndian16(at offset: Int) -> Int { Int(self[offset]) << 8 | Int(self[offset + 1]) }

    func bigEndian32(at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(self[offset + $1]) }
    }

    /// As this processor keeps it.
    func native32(at offset: Int) -> UInt32 {
        withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }
}
