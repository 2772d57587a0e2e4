import CPageChecksums

/// The head of the shared memory that goes with a write-ahead log, which a killed process leaves behind: how much of the
/// log was committed, and so had reached the disk.
///
/// Source: https://www.sqlite.org/walformat.html, 2.2 and 2.3
struct LogIndex {
    /// Frames that were committed.
    var frames: Int
    /// Of these, those that had been copied into the database.
    var copied: Int
    /// What the log's header and each of its frames hold, too.
    var salts: [UInt8]
    var pageBytes: Int

    var hasUncopied: Bool { frames > copied }

    /// Nil where there is none, or it is not whole. No connection of this process may be open on the database: SQLite's
    /// layer does not know of the locks on this file when it closes another.
    init?(path: String) {
        guard let file = RawFile(path: path), let bytes = file.bytes(at: 0, count: 100) else { return nil }
        guard let start = [0, 48].first(where: { LogIndex.isWhole(bytes, from: $0) }) else { return nil }
        frames = Int(bytes.native32(at: start + 16))
        copied = Int(bytes.native32(at: 96))
        salts = Array(bytes[(start + 32)..<(start + 40)])
        let size = bytes[(start + 14)..<(start + 16)].withUnsafeBytes { Int($0.loadUnaligned(as: UInt16.self)) }
        pageBytes = size == 1 ? 65_536 : size
    }

    private static func isWhole(_ bytes: [UInt8], from start: Int) -> Bool {
        guard bytes[start + 12] == 1 else { return false }
        var sums: (UInt32, UInt32) = (0, 0)
        bytes.withUnsafeBufferPointer { bytes in
            withUnsafeMutablePointer(to: &sums) {
                $0.withMemoryRebound(to: UInt32.self, capacity: 2) {
                    poort_log_sum(0x01.bigEndian == 0x01 ? 1 : 0, bytes.baseAddress! + start, 40, $0)
                }
            }
        }
        return sums.0 == bytes.native32(at: start + 40) && sums.1 == bytes.native32(at: start + 44)
    }
}
