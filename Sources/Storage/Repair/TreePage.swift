/// A page of a tree: of a table, or of an index, in which a table without row numbers lies.
///
/// Source: https://www.sqlite.org/fileformat2.html, 1.6
struct TreePage {
    private let bytes: [UInt8]
    private let usableBytes: Int
    private let kind: Kind
    private let cells: [Int]
    private let rightmost: UInt32?

    private enum Kind: UInt8 {
        case indexBranch = 2
        case tableBranch = 5
        case indexLeaf = 10
        case tableLeaf = 13
    }

    /// - Returns: nil where it is none.
    init?(_ bytes: [UInt8], number: UInt32, usableBytes: Int) {
        let start = number == 1 ? 100 : 0
        guard let kind = Kind(rawValue: bytes[start]) else { return nil }
        self.bytes = bytes
        self.usableBytes = usableBytes
        self.kind = kind
        let isBranch = kind == .indexBranch || kind == .tableBranch
        rightmost = isBranch ? bytes.bigEndian32(at: start + 8) : nil
        let pointers = start + (isBranch ? 12 : 8)
        let count = bytes.bigEndian16(at: start + 3)
        guard pointers + 2 * count <= usableBytes else { return nil }
        cells = (0..<count).map { bytes.bigEndian16(at: pointers + 2 * $0) }
    }

    /// The pages that hang from it, in the order of their keys.
    var children: [UInt32] {
        guard let rightmost else { return [] }
        return cells.compactMap { $0 + 4 <= usableBytes ? bytes.bigEndian32(at: $0) : nil } + [rightmost]
    }

    var holdsRows: Bool { kind != .tableBranch }

    /// Visits its rows, in the order of their keys.
    /// - Parameter overflow: gives a page that a long row goes on in.
    /// - Returns: how many of them cannot be read.
    func rows(overflow: (UInt32) -> [UInt8]?, visit: (SalvagedRow) -> Void) -> Int {
        guard holdsRows else { return 0 }
        var lost = 0
        for cell in cells {
            if let row = row(at: cell, overflow: overflow) { visit(row) } else { lost += 1 }
        }
        return lost
    }

    private func row(at cell: Int, overflow: (UInt32) -> [UInt8]?) -> SalvagedRow? {
        let start = cell + (kind == .indexBranch ? 4 : 0)
        guard cell > 0, start < usableBytes else { return nil }
        var reader = RecordReader(bytes[start..<usableBytes])
        guard let length = reader.varint(), length > 0, length <= TreePage.longestRow else { return nil }
        var number: Int64?
        if kind == .tableLeaf {
            guard let read = reader.varint() else { return nil }
            number = read
        }
        let held = localBytes(Int(length))
        guard reader.position + held <= usableBytes else { return nil }
        let local = bytes[reader.position..<(reader.position + held)]
        if held == Int(length) { return SalvagedRow(number: number, record: local) }
        guard reader.position + held + 4 <= usableBytes else { return nil }
        let rest = follow(bytes.bigEndian32(at: reader.position + held), Int(length) - held, overflow)
        return rest.flatMap { SalvagedRow(number: number, record: (local + $0)[...]) }
    }

    private func follow(_ first: UInt32, _ count: Int, _ overflow: (UInt32) -> [UInt8]?) -> [UInt8]? {
        var found: [UInt8] = []
        found.reserveCapacity(count)
        var next = first
        while found.count < count {
            guard next > 0, let page = overflow(next) else { return nil }
            next = page.bigEndian32(at: 0)
            found += page[4..<min(usableBytes, 4 + count - found.count)]
        }
        return found
    }

    /// How much of a row stands in the page itself.
    private func localBytes(_ length: Int) -> Int {
        let most = kind == .tableLeaf ? usableBytes - 35 : (usableBytes - 12) * 64 / 255 - 23
        if length <= most { return length }
        let least = (usableBytes - 12) * 32 / 255 - 23
        let fitting = least + (length - least) % (usableBytes - 4)
        return fitting <= most ? fitting : least
    }

    /// SQLite's own limit. Source: https://www.sqlite.org/limits.html
    private static let longestRow: Int64 = 1_000_000_000
}
