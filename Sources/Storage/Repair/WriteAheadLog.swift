import CPageChecksums

/// What a write-ahead log holds, found without SQLite: that stops at the first frame that is not whole, and cannot tell one
/// that a power cut tore, which nobody has missed, from one in the midst of what was committed.
///
/// Source: https://www.sqlite.org/fileformat2.html, 4
struct WriteAheadLog {
    let pageBytes: Int
    /// Where the newest committed version of a page is.
    private(set) var places: [UInt32: Int64] = [:]
    /// Pages whose newest version cannot be read.
    private(set) var lost: Set<UInt32> = []
    /// The database's, as of the last commit; 0 when there is none.
    private(set) var pageCount: UInt32 = 0
    /// What is wrong with it, in words.
    private(set) var damage: String?

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    private struct Frame {
        var page: UInt32
        /// Not 0 in the last frame of a transaction.
        var pageCount: UInt32
        var isWhole: Bool
    }

    /// - Parameters:
    ///   - identity: what all pages of the database have in common, if that is known.
    /// - Returns: nil where there is no log, or nothing in it and nothing missing.
    init?(_ file: RawFile?, index: LogIndex?, identity: [UInt8]?) {
        let isMissed = index?.hasUncopied ?? false
        guard let file, file.size >= Int64(WriteAheadLog.headerBytes),
            let header = file.bytes(at: 0, count: WriteAheadLog.headerBytes)
        else {
            guard isMissed, let index else { return nil }
            pageBytes = index.pageBytes
            damage = "its write-ahead log is gone"
            return
        }
        let isHeaderWhole = WriteAheadLog.isWhole(header)
        let isOurs = index.map { $0.salts == Array(header[16..<24]) } ?? false
        pageBytes = isHeaderWhole || index == nil ? Int(header.bigEndian32(at: 8)) : index?.pageBytes ?? 0
        guard (512...65_536).contains(pageBytes), pageBytes & (pageBytes - 1) == 0 else {
            if isMissed { damage = "its write-ahead log has lost its header" }
            return
        }
        var scan = Scan(file: file, header: header, pageBytes: pageBytes, identity: identity)
        scan.run()
        if scan.isForeign {
            damage = "the write-ahead log beside it belongs to another file"
            return
        }
        if !isHeaderWhole {
            // Without the index nobody knows whether a power cut tore it when the log began anew, which has nothing lost.
            guard isMissed else { return }
            damage = "its write-ahead log has lost its header"
        } else if isMissed, !isOurs {
            damage = "its write-ahead log was replaced by another"
        }
        take(scan, committed: isOurs ? index?.frames ?? 0 : 0)
    }

    private mutating func take(_ scan: Scan, committed: Int) {
        let frames = scan.frames
        let broken = frames.firstIndex { !$0.isWhole } ?? frames.count
        var end = frames[..<broken].lastIndex { $0.pageCount != 0 }.map { $0 + 1 } ?? 0
        if committed > end {
            damage =
                damage
                ?? (committed > frames.count ? "its write-ahead log is cut off" : "its write-ahead log is damaged")
            end = min(committed, frames.count)
        } else if broken < frames.count, let further = WriteAheadLog.end(of: frames, behind: broken) {
            damage = damage ?? "its write-ahead log is damaged"
            end = further
        }
        for (number, frame) in frames[..<end].enumerated() {
            if frame.isWhole {
                places[frame.page] = scan.offset(of: number) + Int64(WriteAheadLog.frameHeaderBytes)
                lost.remove(frame.page)
                if frame.pageCount != 0 { pageCount = frame.pageCount }
            } else {
                places[frame.page] = nil
                lost.insert(frame.page)
            }
        }
    }

    /// A transaction is begun when the one before has reached the disk. So what was committed behind a broken frame and
    /// is followed by another frame shows that the broken one was whole once.
    private static func end(of frames: [Frame], behind broken: Int) -> Int? {
        var end: Int?
        var committed: Int?
        var isProven = false
        for number in (broken + 1)..<max(frames.count, broken + 1) {
            guard frames[number].isWhole else {
                (committed, isProven) = (nil, false)
                continue
            }
            if committed != nil { isProven = true }
            if frames[number].pageCount != 0 { committed = number + 1 }
            if isProven { end = committed }
        }
        return end
    }

    private static func isWhole(_ header: [UInt8]) -> Bool {
        guard header.bigEndian32(at: 0) & ~1 == 0x377F_0682 else { return false }
        var sums = Sums(isBigEndian: header[3] & 1 == 1)
        sums.add(header, from: 0, count: 24)
        return sums.first == header.bigEndian32(at: 24) && sums.second == header.bigEndian32(at: 28)
    }

    /// All frames of one generation of the log.
    private struct Scan {
        let file: RawFile
        let header: [UInt8]
        let pageBytes: Int
        let identity: [UInt8]?
        var frames: [Frame] = []
        private var isOwn = false
        private var hasForeignPage = false

        /// One page of the database shows that the log is its own.
        var isForeign: Bool { hasForeignPage && !isOwn }

        init(file: RawFile, header: [UInt8], pageBytes: Int, identity: [UInt8]?) {
            (self.file, self.header, self.pageBytes, self.identity) = (file, header, pageBytes, identity)
        }

        func offset(of number: Int) -> Int64 {
            Int64(headerBytes) + Int64(number) * Int64(frameHeaderBytes + pageBytes)
        }

        mutating func run() {
            var before = (header.bigEndian32(at: 24), header.bigEndian32(at: 28))
            let isBigEndian = header[3] & 1 == 1
            while let frame = file.bytes(at: offset(of: frames.count), count: frameHeaderBytes + pageBytes),
                frame[8..<16] == header[16..<24]
            {
                var sums = Sums(isBigEndian: isBigEndian, first: before.0, second: before.1)
                sums.add(frame, from: 0, count: 8)
                sums.add(frame, from: frameHeaderBytes, count: pageBytes)
                before = (frame.bigEndian32(at: 16), frame.bigEndian32(at: 20))
                let isWhole = sums.first == before.0 && sums.second == before.1
                frames.append(
                    Frame(page: frame.bigEndian32(at: 0), pageCount: frame.bigEndian32(at: 4), isWhole: isWhole))
                if isWhole { look(at: frame) }
            }
        }

        private mutating func look(at frame: [UInt8]) {
            guard let identity else { return }
            let start = frame.count - poort_page_trailer
            let found = frame[start..<(start + poort_page_identity)]
            if found.elementsEqual(identity) {
                isOwn = true
            } else if found.contains(where: { $0 != 0 }) {
                hasForeignPage = true
            }
        }
    }

    private struct Sums {
        let isBigEndian: Bool
        var first: UInt32 = 0
        var second: UInt32 = 0

        mutating func add(_ bytes: [UInt8], from start: Int, count: Int) {
            var sums = [first, second]
            bytes.withUnsafeBufferPointer {
                poort_log_sum(isBigEndian ? 1 : 0, $0.baseAddress! + start, Int32(count), &sums)
            }
            (first, second) = (sums[0], sums[1])
        }
    }
}
