import Glibc

/// The pages of code that this process has mapped: its own and its libraries'.
///
/// The kernel maps sixteen pages around each that is touched, and what a start or a status report touched stays mapped: two
/// thirds of it is never run again. Unmapped, it stays in the page cache as long as there is room, and is the first to go when
/// there is none; what is run comes back with a fault of a microsecond. Source: proc(5), madvise(2)
enum CodePages {
    /// Unmaps them all. Any thread; others may run meanwhile.
    static func release() {
        guard let file = fopen("/proc/self/maps", "r") else { return }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4352)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let range = addresses(of: text) else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Of a line of `/proc/PID/maps`: nil unless it is of a file's code, which nobody has written to. Data must not be touched:
    /// what the linker has put into it is nowhere else.
    static func addresses(of line: String) -> Range<UInt>? {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }).hasPrefix("/") else {
            return nil
        }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}
