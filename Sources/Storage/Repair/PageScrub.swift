import CPageChecksums

/// Looks at every page of the file, a few at a time: what is read seldom shows by itself only when it is asked for.
///
/// By the thread that writes the file.
public struct PageScrub {
    private let path: String
    private var next: UInt32 = 1

    public init(path: String) {
        self.path = path
    }

    /// Looks at the next pages.
    /// - Returns: whether the end of the file was reached; the next call begins anew.
    /// - Throws: for a damaged page (``StorageError/isDamage``).
    public mutating func look(atPages limit: Int) throws(StorageError) -> Bool {
        guard let file = RawFile(path: path), let shape = PageShape(file), shape.isSealed else { return true }
        let count = UInt32(clamping: file.size / Int64(shape.pageBytes))
        let end = min(count, next &+ UInt32(limit) &- 1)
        guard next <= end else {
            next = 1
            return true
        }
        let bytes = file.bytes(
            at: Int64(next - 1) * Int64(shape.pageBytes), count: Int(end - next + 1) * shape.pageBytes)
        let suspects = bytes.map { self.suspects(in: $0, shape.pageBytes) } ?? []
        // A newer version in the log makes good what a power cut did to a page in the file.
        if !suspects.isEmpty, let pages = DatabasePages(path: path),
            let found = suspects.first(where: { pages.condition($0) == .damaged && !pages.isFree($0) })
        {
            throw StorageError(
                operation: "look at the database", path: path, code: StorageError.pageDamaged,
                cause: "page \(found) of the file is damaged")
        }
        next = end < count ? end + 1 : 1
        return end == count
    }

    private func suspects(in bytes: [UInt8], _ pageBytes: Int) -> [UInt32] {
        bytes.withUnsafeBufferPointer { bytes in
            (0..<UInt32(bytes.count / pageBytes)).map { next + $0 }.filter { number in
                let start = bytes.baseAddress! + Int(number - next) * pageBytes
                return poort_page_judge(start, Int32(pageBytes), number) == poort_page_damaged
            }
        }
    }
}
