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
        let found = bytes.flatMap { firstSuspect($0, shape.pageBytes) }
        if let found, isDamaged(found) {
            throw StorageError(
                operation: "look at the database", path: path, code: StorageError.pageDamaged,
                cause: "page \(found) of the file is damaged")
        }
        next = end + 1
        return false
    }

    private func firstSuspect(_ bytes: [UInt8], _ pageBytes: Int) -> UInt32? {
        bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<(bytes.count / pageBytes) {
                let number = next + UInt32(index)
                let verdict = poort_page_judge(bytes.baseAddress! + index * pageBytes, Int32(pageBytes), number)
                if verdict == poort_page_damaged { return number }
            }
            return nil
        }
    }

    /// A newer version in the log makes good what a power cut did to the page in the file.
    private func isDamaged(_ number: UInt32) -> Bool {
        guard let pages = DatabasePages(path: path), pages.condition(number) == .damaged else { return false }
        return !pages.isFree(number)
    }
}
