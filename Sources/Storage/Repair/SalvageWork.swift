import Telemetry

/// Copies what is left of a damaged file into another, a few pages at a time, and keeps count.
///
/// From the beginning all readings of the damaged file count as lost (`damaged` in the ledger); each that is copied is taken
/// from that in the transaction that copies it. So the ledger balances at every moment, and what is left at the end is lost.
final class SalvageWork {
    let source: SalvageSource
    private let database: Database
    private var tables: [String: SalvageTable] = [:]
    private var trees: [String: SalvageTree] = [:]
    /// Tables of which something could not be read.
    private(set) var damagedTables: Set<String> = []

    /// Large tables, in the order in which they are copied: first what a message that comes again must be compared with.
    static let large = ["readings", "hot_readings", "segments", "quarantine", "aggregates"]

    init(_ source: SalvageSource, into database: Database) {
        self.source = source
        self.database = database
    }

    /// The large tables of this file.
    var largeTables: [String] { SalvageWork.large.filter { source.tables.contains($0) } }

    func rowPages(of table: String) -> [UInt32] { tree(of: table).pages }

    private func tree(of table: String) -> SalvageTree {
        if let known = trees[table] { return known }
        let found = source.tree(of: table)
        if found.hasLostPages { damagedTables.insert(table) }
        trees[table] = found
        return found
    }

    /// Visits the rows of a page of a table.
    func rows(on page: UInt32, of table: String, visit: (SalvagedRow) -> Void) {
        if tree(of: table).rows(on: page, visit: visit) > 0 { damagedTables.insert(table) }
    }

    /// Copies every row of a small table.
    func copy(_ table: String) throws(StorageError) {
        for page in rowPages(of: table) { try copy(page, of: table) }
    }

    /// Copies the rows of a page.
    /// - Returns: how many readings that were.
    @discardableResult
    func copy(_ page: UInt32, of name: String) throws(StorageError) -> Int {
        let table = try self.table(name)
        var rows: [SalvagedRow] = []
        self.rows(on: page, of: name) { rows.append($0) }
        var readings = 0
        for row in rows {
            switch name {
            case "hot_readings", "readings": if try table.insert(row) { readings += 1 }
            case "segments":
                guard let count = SalvageWork.readings(inSegment: row), try table.insert(row) else { continue }
                readings += count
            default: _ = try table.insert(row)
            }
        }
        return readings
    }

    /// The numbers of all series that rows refer to.
    func mentionedSeries(_ beat: () -> Void) -> Set<Int64> {
        var found: Set<Int64> = []
        for (table, column) in [
            ("readings", 1), ("hot_readings", 1), ("segments", 1), ("aggregates", 2), ("undated", 5),
        ] {
            for (count, page) in rowPages(of: table).enumerated() {
                rows(on: page, of: table) { row in
                    if row.values.count > column, case .integer(let id) = row.values[column] { found.insert(id) }
                }
                if count % 64 == 0 { beat() }
            }
        }
        return found
    }

    /// The readings of a segment that is whole; nil for one that is torn, which is lost with all that it held.
    private static func readings(inSegment row: SalvagedRow) -> Int? {
        guard case .blob(let data)? = row.values.last, row.values.count == 6,
            case .integer(let count) = row.values[4]
        else { return nil }
        return data.withUnsafeBytes { bytes in
            guard let header = try? SegmentReader(bytes).header, header.count == Int(count) else { return nil }
            return header.count
        }
    }

    private func table(_ name: String) throws(StorageError) -> SalvageTable {
        if let known = tables[name] { return known }
        let made = try SalvageTable(name, in: database)
        tables[name] = made
        return made
    }
}

extension Database {
    /// Adds to what the ledger says was lost with a damaged file.
    func addLostReadings(_ count: Int) throws(StorageError) {
        try execute(
            """
            INSERT INTO ledger(source, counted, outcome, count) VALUES('', 'removed', '\(LedgerEntry.damaged)', \(count))
            ON CONFLICT(source, counted, outcome) DO UPDATE SET count = count + excluded.count
            """, operation: "count what was lost")
    }
}
