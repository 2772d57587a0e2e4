import CPageChecksums

/// A damaged database, from which rows are read by way of what is left of its trees.
///
/// Only what is committed and still in use is found: the rows of a page that was given up are not there any more.
final class SalvageSource {
    let pages: DatabasePages
    let schemaVersion: Int
    /// Where the tree of each table and index begins.
    private let roots: [String: UInt32]
    let tables: [String]
    /// Of pages that cannot be read, what hangs from them.
    private lazy var children: [UInt32: [UInt32]] = PageMap(pages).children()

    /// What a schema consists of: the number of the first page of each tree.
    struct Roots {
        var tables: [String: UInt32] = [:]
        var indexes: [String: UInt32] = [:]
    }

    /// - Parameter reference: the roots in a file of a schema version that lost nothing.
    /// - Returns: nil where nothing in it can be read.
    init?(path: String, reference: (_ schemaVersion: Int) throws(StorageError) -> Roots) throws(StorageError) {
        guard let pages = DatabasePages(path: path, looksAtIndex: true), pages.pageCount > 0 else { return nil }
        self.pages = pages
        let told = pages.page(1).map { Int($0.bigEndian32(at: 60)) }
        let current = Int(Schema.currentVersion)
        schemaVersion = told.flatMap { (1...current).contains($0) ? $0 : nil } ?? current
        let schema = SalvageTree(root: 1, in: pages, children: { [:] })
        var found = Roots()
        for number in schema.pages { schema.rows(on: number) { found.take($0) } }
        let map = PageMap(pages)
        let taken = Set(found.tables.values).union(found.indexes.values)
        let made = try reference(schemaVersion)
        func isLost(_ root: UInt32) -> Bool { !taken.contains(root) && map.isRoot(root) }
        found.tables.merge(made.tables.filter { isLost($0.value) }) { found, _ in found }
        found.indexes.merge(made.indexes.filter { isLost($0.value) }) { found, _ in found }
        roots = found.tables.merging(found.indexes) { table, _ in table }
        tables = found.tables.keys.filter { !$0.hasPrefix("sqlite_") }.sorted()
    }

    /// Of a table or an index; empty where it has none.
    func tree(of name: String) -> SalvageTree {
        SalvageTree(root: roots[name] ?? 0, in: pages) { children }
    }
}

extension SalvageSource.Roots {
    /// Takes a row of the schema.
    mutating func take(_ row: SalvagedRow) {
        guard row.values.count >= 4, case .text(let kind) = row.values[0], case .text(let text) = row.values[1],
            case .integer(let number) = row.values[3], let root = UInt32(exactly: number), root > 0
        else { return }
        let name = String(decoding: text, as: UTF8.self)
        if kind.elementsEqual("table".utf8) { tables[name] = root } else { indexes[name] = root }
    }
}

/// The pages of one tree that hold rows, as far as they can be read.
struct SalvageTree {
    /// Those with the highest keys first.
    private(set) var pages: [UInt32] = []
    /// Whether pages of it cannot be read.
    private(set) var hasLostPages = false
    private let file: DatabasePages

    /// - Parameter children: of pages that cannot be read, what hangs from them.
    init(root: UInt32, in file: DatabasePages, children: () -> [UInt32: [UInt32]]) {
        self.file = file
        guard root > 0 else { return }
        var visited: Set<UInt32> = []
        walk(root, 0, &visited, children)
        pages.reverse()
    }

    private mutating func walk(
        _ number: UInt32, _ depth: Int, _ visited: inout Set<UInt32>, _ children: () -> [UInt32: [UInt32]]
    ) {
        guard depth < 40, visited.insert(number).inserted else { return }
        guard let page = page(number) else {
            hasLostPages = true
            for child in children()[number] ?? [] { walk(child, depth + 1, &visited, children) }
            return
        }
        for child in page.children { walk(child, depth + 1, &visited, children) }
        if page.holdsRows { pages.append(number) }
    }

    /// Visits the rows of a page, in the order of their keys.
    /// - Returns: how many cannot be read.
    @discardableResult
    func rows(on number: UInt32, visit: (SalvagedRow) -> Void) -> Int {
        page(number)?.rows(overflow: file.page, visit: visit) ?? 0
    }

    private func page(_ number: UInt32) -> TreePage? {
        file.page(number).flatMap { TreePage($0, number: number, usableBytes: file.usableBytes) }
    }
}
