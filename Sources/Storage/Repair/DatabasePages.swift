import CPageChecksums

/// The pages of a database as they were committed last, each looked at by its checksum, read without SQLite.
///
/// The file may be damaged, missing, or none of ours. Nothing may write to it meanwhile.
final class DatabasePages {
    let pageBytes: Int
    /// Of a page, those that SQLite uses.
    let usableBytes: Int
    let pageCount: UInt32
    /// Whether the file's pages end with checksums.
    let isSealed: Bool
    let log: WriteAheadLog?
    private let file: RawFile?
    private let logFile: RawFile?

    /// - Parameter looksAtIndex: whether the log's index is read, which tells most of what a log lost. No connection of this
    ///   process may be open on the database then: the locks on the index would go.
    /// - Returns: nil where nothing tells how large pages are.
    init?(path: String, looksAtIndex: Bool = false) {
        let file = RawFile(path: path).flatMap { $0.size > 0 ? $0 : nil }
        let logFile = RawFile(path: path + "-wal")
        let shape = file.flatMap(PageShape.init)
        log = WriteAheadLog(
            logFile, index: looksAtIndex ? LogIndex(path: path + "-shm") : nil, identity: shape?.identity)
        self.file = file
        self.logFile = logFile
        let reserved = poort_page_trailer
        if let shape, shape.pageBytes == log?.pageBytes ?? shape.pageBytes || log?.places.isEmpty ?? true {
            pageBytes = shape.pageBytes
            isSealed = shape.isSealed
            usableBytes = shape.isSealed ? pageBytes - reserved : pageBytes - shape.reservedBytes
        } else if let log, log.pageBytes > 0, !log.places.isEmpty {
            pageBytes = log.pageBytes
            isSealed = false
            let first = log.places[1].flatMap { logFile?.bytes(at: $0, count: 100) }
            usableBytes = pageBytes - (first.map { Int($0[20]) } ?? reserved)
        } else {
            return nil
        }
        let held = UInt32(clamping: (file?.size ?? 0) / Int64(pageBytes))
        let told = log.flatMap { $0.pageCount > 0 ? $0.pageCount : nil } ?? shape?.pageCount ?? held
        // Where they differ what is there counts: a count may be what is damaged.
        pageCount = min(max(told, held), max(held, log?.places.keys.max() ?? 0))
        toldPageCount = told
    }

    /// How many pages there should be.
    let toldPageCount: UInt32

    enum Condition {
        case good
        /// Nobody knows: it has no checksum.
        case unverified
        case damaged
        /// The file ends before it.
        case missing
    }

    /// A page that may be believed, or that has no checksum by which to doubt it; nil for others.
    func page(_ number: UInt32) -> [UInt8]? {
        switch read(number) {
        case (let page?, .good), (let page?, .unverified): page
        default: nil
        }
    }

    func condition(_ number: UInt32) -> Condition { read(number).condition }

    /// Whether a page holds nothing: what stands in it does not matter, and may never have been written.
    func isFree(_ number: UInt32) -> Bool { isBehindEnd(number) || PageMap(self).isFree(number) }

    /// A write to the last page that is torn may leave garbage up to the end of its sector. How many pages there are is to
    /// be believed where the first one is.
    private func isBehindEnd(_ number: UInt32) -> Bool { number > toldPageCount && condition(1) == .good }

    private func read(_ number: UInt32) -> (page: [UInt8]?, condition: Condition) {
        guard number > 0 else { return (nil, .missing) }
        if let log {
            if log.lost.contains(number) { return (nil, .damaged) }
            if let place = log.places[number] {
                return logFile?.bytes(at: place, count: pageBytes).map { ($0, .good) } ?? (nil, .damaged)
            }
        }
        guard let page = file?.bytes(at: Int64(number - 1) * Int64(pageBytes), count: pageBytes) else {
            return (nil, .missing)
        }
        guard isSealed else { return (page, .unverified) }
        switch poort_page_judge(page, Int32(pageBytes), number) {
        case poort_page_good: return (page, .good)
        case poort_page_unverified: return (page, .unverified)
        default: return (nil, .damaged)
        }
    }
}

/// What the database file by itself tells of its pages.
struct PageShape {
    var pageBytes: Int
    var reservedBytes: Int
    var isSealed: Bool
    /// Nil where the header does not tell.
    var pageCount: UInt32?
    /// What all pages of the file have in common.
    var identity: [UInt8]?

    /// - Returns: nil where the header is none, and no page has a checksum of ours.
    init?(_ file: RawFile) {
        let header = file.bytes(at: 0, count: 100)
        let told = header.flatMap(PageShape.pageBytes)
        let reserved = poort_page_trailer
        if let header, let told, header[20] == UInt8(reserved) {
            (pageBytes, reservedBytes, isSealed) = (told, reserved, true)
        } else if let found = PageShape.sealedPageBytes(file, told: told) {
            (pageBytes, reservedBytes, isSealed) = (found, reserved, true)
        } else if let header, let told {
            (pageBytes, reservedBytes, isSealed) = (told, Int(header[20]), false)
        } else {
            return nil
        }
        if let header, told != nil, header[24..<28] == header[92..<96] { pageCount = header.bigEndian32(at: 28) }
        guard isSealed else { return }
        // Of the first page alone: one that is torn makes good what is in the log, whatever else there is.
        guard let page = file.bytes(at: 0, count: pageBytes),
            poort_page_judge(page, Int32(pageBytes), 1) == poort_page_good
        else { return }
        let start = pageBytes - reserved
        identity = Array(page[start..<(start + poort_page_identity)])
    }

    private static func pageBytes(_ header: [UInt8]) -> Int? {
        guard header.starts(with: Array("SQLite format 3".utf8) + [0]) else { return nil }
        let size = header.bigEndian16(at: 16)
        if size == 1 { return 65_536 }
        return size >= 512 && size & (size - 1) == 0 ? size : nil
    }

    private static func sealedPageBytes(_ file: RawFile, told: Int?) -> Int? {
        (9...16).map { 1 << $0 }.first { bytes in
            guard told == nil || told == bytes else { return false }
            let count = file.size / Int64(bytes)
            return [2, 3, 4, count / 2, count].contains { number in
                guard number >= 2, number <= count,
                    let page = file.bytes(at: (number - 1) * Int64(bytes), count: bytes)
                else { return false }
                return poort_page_judge(page, Int32(bytes), UInt32(number)) == poort_page_good
            }
        }
    }
}
