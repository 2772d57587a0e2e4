/// Of what use each page is, and to which page it belongs, in a file that can be vacuumed in steps.
///
/// Source: https://www.sqlite.org/fileformat2.html, 1.8
struct PageMap {
    private let pages: DatabasePages
    /// Whether there is one: in a file that is never vacuumed in steps there is not.
    private let isThere: Bool

    init(_ pages: DatabasePages) {
        self.pages = pages
        isThere = pages.page(1).map { $0.bigEndian32(at: 52) != 0 } ?? true
    }

    /// The pages that hang from each page of a tree, in the order of their numbers.
    func children() -> [UInt32: [UInt32]] {
        var found: [UInt32: [UInt32]] = [:]
        visit { number, kind, parent in
            if kind == PageMap.treePage { found[parent, default: []].append(number) }
        }
        return found
    }

    func isFree(_ number: UInt32) -> Bool { entry(number).map { $0.kind == PageMap.freePage } ?? false }
    func isRoot(_ number: UInt32) -> Bool { entry(number).map { $0.kind == PageMap.rootPage } ?? false }

    private static let rootPage: UInt8 = 1
    private static let freePage: UInt8 = 2
    private static let treePage: UInt8 = 5
    private static let entryBytes = 5

    /// Entries of one page of the map.
    private var entries: Int { pages.usableBytes / PageMap.entryBytes }

    /// Around the byte that locks are taken on no page is used.
    private func mapPage(_ index: Int) -> Int {
        let number = 2 + index * (entries + 1)
        return number == 0x4000_0000 / pages.pageBytes + 1 ? number + 1 : number
    }

    private func entry(_ number: UInt32) -> (kind: UInt8, parent: UInt32)? {
        guard isThere, number > 2 else { return nil }
        let index = (Int(number) - 2) / (entries + 1)
        guard let map = pages.page(UInt32(mapPage(index))) else { return nil }
        let offset = (Int(number) - mapPage(index) - 1) * PageMap.entryBytes
        guard offset >= 0, offset + PageMap.entryBytes <= pages.usableBytes else { return nil }
        return (map[offset], map.bigEndian32(at: offset + 1))
    }

    private func visit(_ take: (_ number: UInt32, _ kind: UInt8, _ parent: UInt32) -> Void) {
        guard isThere else { return }
        var index = 0
        while mapPage(index) < pages.pageCount {
            defer { index += 1 }
            let first = mapPage(index)
            guard let map = pages.page(UInt32(first)) else { continue }
            for entry in 0..<entries where first + 1 + entry <= Int(pages.pageCount) {
                let offset = entry * PageMap.entryBytes
                take(UInt32(first + 1 + entry), map[offset], map.bigEndian32(at: offset + 1))
            }
        }
    }
}
