import Glibc

/// A file's bytes, read where they are: not through SQLite, which believes what it reads.
final class RawFile {
    private let descriptor: Int32
    let size: Int64

    /// Nil where there is none, or none that may be read.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var information = stat()
        size = fstat(descriptor, &information) == 0 ? Int64(information.st_size) : 0
    }

    deinit { close(descriptor) }

    /// - Returns: nil where the file ends before, or the disk does not read.
    func bytes(at offset: Int64, count: Int) -> [UInt8]? {
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            while length < count {
                let got = pread(
                    descriptor, UnsafeMutableRawPointer(buffer.baseAddress!) + length, count - length,
                    Int(offset) + length)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                length += got
            }
            isWhole = length == count
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
