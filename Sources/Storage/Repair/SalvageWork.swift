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
    private var verdicts: Set<Int64> = []
    private var ends: [SeriesID: Int64] = [:]
    private var hasNewEnds = false
    /// Tables of which something could not be read.
    private(set) var damagedTables: Set<String> = []
    /// Of what was copied.
    private(set) var newest = NewestTimes()
    private var bundles: BundleTable?

    /// Large tables, in the order in which they are copied: first what a message that comes again must be compared with.
    static let large = [
        "readings", "bundles", "hot", "segments", "quarantine", "aggregates", "minutes", "minutes_more", "quarters",
        "hours", "days",
    ]

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
            case "readings": if try table.insert(row) { readings += 1 }
            case "hot": if try insertHot(row) { readings += 1 }
            case "bundles":
                guard let bundle = Bundle(row) else { continue }
                for reading in bundle.readings where try insertHot(SalvagedRow(reading)) { readings += 1 }
            case "segments":
                guard let segment = SalvagedSegment(row), try table.insert(row) else { continue }
                readings += segment.count - (try giveWay(to: segment))
                try noteEnd(of: segment)
            default: _ = try table.insert(row)
            }
        }
        return readings
    }

    /// The numbers of all series that rows refer to.
    func mentionedSeries(_ beat: () -> Void) -> Set<Int64> {
        var found: Set<Int64> = []
        let columns: [(table: String, column: Int?)] = [
            ("readings", 1), ("hot", nil), ("bundles", nil), ("segments", 1), ("aggregates", 2), ("undated", 5),
            ("minutes", nil), ("quarters", nil), ("hours", nil), ("days", nil),
        ]
        for (table, column) in columns {
            for (count, page) in rowPages(of: table).enumerated() {
                rows(on: page, of: table) { row in
                    if let column {
                        if row.values.count > column, case .integer(let id) = row.values[column] { found.insert(id) }
                    } else if table == "bundles" {
                        for reading in Bundle(row)?.readings.map(\.series) ?? [] { found.insert(Int64(reading)) }
                    } else if let id = row.number {
                        found.insert(Int64(AggregateTable(named: table)?.keys.series(of: id) ?? HotRow.series(id)))
                    }
                }
                if count % 64 == 0 { beat() }
            }
        }
        return found
    }

    /// Readings of bundles become rows: each is then there once, whatever a page of before or one that came again holds.
    private func insertHot(_ row: SalvagedRow) throws(StorageError) -> Bool {
        guard let id = row.number, try hasVerdict(row) else { return false }
        let (series, time) = (HotRow.series(id), HotRow.time(id))
        if try bundleTable().find(series, at: time) != nil { return false }
        guard try table("hot").insert(row) else { return false }
        newest.note(time, of: series)
        return true
    }

    private func bundleTable() throws(StorageError) -> BundleTable {
        if let bundles { return bundles }
        let made = try BundleTable(database)
        bundles = made
        return made
    }

    /// A row whose flag and tests nobody knows is lost.
    private func hasVerdict(_ row: SalvagedRow) throws(StorageError) -> Bool {
        if verdicts.isEmpty {
            let select = try database.prepare("SELECT number FROM verdicts")
            while try select.step("read the verdicts") { verdicts.insert(select.integer(0)) }
        }
        guard row.values.count == 3, case .integer(let code) = row.values[2] else { return false }
        return verdicts.contains(code >> 4)
    }

    /// Removes rows of readings that a segment holds as well: they came again before it was copied, or the page that they
    /// lay in is older than the segment.
    /// - Returns: how many.
    private func giveWay(to segment: SalvagedSegment) throws(StorageError) -> Int {
        let (first, last) = (segment.times.first ?? 0, segment.times.last ?? 0)
        let overlap = "BETWEEN \(first << HotRow.seriesBits) AND \((last + 1) << HotRow.seriesBits)"
        let series = "id & \(HotRow.greatestSeries) = \(segment.series)"
        let times = Set(segment.times)
        var removed = 0
        let range = Timestamp(milliseconds: first)..<Timestamp(milliseconds: last + 1)
        for bundle in try bundleTable().all(in: range) {
            let left = bundle.records.filter {
                let reading = BundleRecord(bits: $0).reading(from: bundle.start)
                return reading.series != segment.series || !times.contains(reading.time.milliseconds)
            }
            if left.count == bundle.records.count { continue }
            removed += bundle.records.count - left.count
            try bundleTable().keep(left, of: bundle)
        }
        guard try database.integer("SELECT 1 FROM hot WHERE id \(overlap) AND \(series) LIMIT 1") != nil else {
            return removed
        }
        let delete = try database.prepare("DELETE FROM hot WHERE id = ?1")
        for time in segment.times {
            delete.bind(1, HotRow.id(Timestamp(milliseconds: time), segment.series))
            try delete.run("remove a row that is sealed")
            removed += Int(database.changedRows)
        }
        return removed
    }

    /// Up to when a series is sealed may be what was lost of it.
    private func noteEnd(of segment: SalvagedSegment) throws(StorageError) {
        guard let last = segment.times.last, last > ends[segment.series] ?? .min else { return }
        ends[segment.series] = last
        hasNewEnds = true
        try database.execute(
            """
            UPDATE series SET sealed_until = \(last)
            WHERE id = \(segment.series) AND (sealed_until IS NULL OR sealed_until < \(last))
            """, operation: "note up to when a series is sealed")
    }

    /// Whether series turned out to be sealed further since this was asked last.
    func takeNewEnds() -> Bool {
        defer { hasNewEnds = false }
        return hasNewEnds
    }

    private func table(_ name: String) throws(StorageError) -> SalvageTable {
        if let known = tables[name] { return known }
        let made = try SalvageTable(name, in: database)
        tables[name] = made
        return made
    }
}

extension Bundle {
    /// - Returns: nil where the row is none of the table `bundles`.
    fileprivate init?(_ row: SalvagedRow) {
        guard let id = row.number, row.values.count == 2, case .blob(let data) = row.values[1],
            let bundle = data.withUnsafeBytes({ Bundle(id: id, $0) }), bundle.readings.allSatisfy(\.isPlausible)
        else { return nil }
        self = bundle
    }
}

extension SalvagedRow {
    /// A reading as a row of the table `hot`.
    fileprivate init(_ reading: BundledReading) {
        let code = reading.verdict << 4 | Int64(reading.digits)
        self.init(number: reading.id, values: [.null, .integer(Int64(reading.number)), .integer(code)])
    }
}

/// A segment's row whose bytes are whole. A torn one is lost with all that it held.
private struct SalvagedSegment {
    let series: SeriesID
    let times: [Int64]

    var count: Int { times.count }

    init?(_ row: SalvagedRow) {
        guard row.values.count == 6, case .integer(let count) = row.values[4], case .blob(let data) = row.values[5],
            let id = row.number
        else { return nil }
        var times: [Int64] = []
        let isWhole = data.withUnsafeBytes { bytes in
            guard var reader = try? SegmentReader(bytes), reader.header.count == Int(count),
                reader.header.series == SegmentID(rawValue: id).series
            else { return false }
            while let reading = try? reader.next() { times.append(reading.time.milliseconds) }
            return times.count == Int(count)
        }
        guard isWhole else { return nil }
        series = SegmentID(rawValue: id).series
        self.times = times
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
