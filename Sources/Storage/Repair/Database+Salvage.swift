import Telemetry

/// What a salvaged database needs besides its rows.
extension Database {
    /// Gives every reading a series. Where one is lost, its names may still stand in the index by which they are unique;
    /// else nothing but its number is known.
    func completeSeries(from work: SalvageWork, _ beat: () -> Void) throws(StorageError) {
        guard work.damagedTables.contains("series") || !work.source.tables.contains("series") else { return }
        let index = work.source.tree(of: "sqlite_autoindex_series_1")
        var named: [(Int64, [String])] = []
        for page in index.pages {
            index.rows(on: page) { row in
                guard row.values.count == 4, case .integer(let id) = row.values[3] else { return }
                let names = row.values.prefix(3).map { value in
                    if case .text(let bytes) = value { String(decoding: bytes, as: UTF8.self) } else { "" }
                }
                named.append((id, names))
            }
        }
        for (id, names) in named { try enterSeries(id, names) }
        for id in work.mentionedSeries(beat).sorted() { try enterSeries(id, ["unknown-\(id)", "unknown", "1"]) }
    }

    /// What a row's code stands for may still be in the index by which verdicts are unique.
    func completeVerdicts(from work: SalvageWork) throws(StorageError) {
        guard work.source.tables.contains("verdicts"), work.damagedTables.contains("verdicts") else { return }
        let index = work.source.tree(of: "sqlite_autoindex_verdicts_1")
        var found: [[Int64]] = []
        for page in index.pages {
            index.rows(on: page) { row in
                let numbers = row.values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
                if numbers.count == 3 { found.append(numbers) }
            }
        }
        for verdict in found {
            try execute(
                "INSERT OR IGNORE INTO verdicts(number, flag, tests) VALUES(\(verdict[2]), \(verdict[0]), \(verdict[1]))",
                operation: "complete the verdicts")
        }
    }

    private func enterSeries(_ id: Int64, _ names: [String]) throws(StorageError) {
        let insert = try prepare(
            """
            INSERT OR IGNORE INTO series(id, device, quantity, unit, kind, device_type)
            VALUES(?1, ?2, ?3, ?4, 'gauge', '')
            """)
        insert.bind(1, id)
        for (index, name) in names.enumerated() { insert.bind(Int32(index + 2), name) }
        try insert.run("enter a series")
    }

    /// Readings that the ledger counts and the file does not hold.
    func readingsNotThere() throws(StorageError) -> Int {
        let stored =
            try integer("SELECT sum(count) FROM ledger WHERE counted = 'readings' AND outcome = 'stored'") ?? 0
        let removed =
            try integer(
                "SELECT sum(count) FROM ledger WHERE counted = 'removed' AND outcome IN ('stored', '\(LedgerEntry.damaged)')"
            ) ?? 0
        let hasUndated = try integer("SELECT 1 FROM sqlite_schema WHERE name = 'undated'") != nil
        let undated = hasUndated ? try integer("SELECT count(*) FROM undated") ?? 0 : 0
        return Int(stored - removed - undated)
    }

    /// A row that is lost from the ledger is made good where the others tell what it held.
    func balanceLedger() throws(StorageError) {
        for counted in [LedgerEntry.Counted.messages, .readings] {
            try execute(
                """
                INSERT INTO ledger(source, counted, outcome, count)
                SELECT source, '\(counted.rawValue)', 'received', sum(count) FROM ledger
                WHERE counted = '\(counted.rawValue)' AND outcome <> 'received' GROUP BY source
                ON CONFLICT(source, counted, outcome) DO UPDATE SET count = excluded.count
                """, operation: "complete the ledger")
        }
    }

    /// Numbers of the quarantine are not given again.
    func keepQuarantineNumber(_ work: SalvageWork) throws(StorageError) {
        var highest: Int64 = 0
        for page in work.rowPages(of: "quarantine").prefix(2) {
            work.rows(on: page, of: "quarantine") { highest = max(highest, $0.number ?? 0) }
        }
        try execute(
            """
            INSERT INTO state(name, value) VALUES('quarantine_number', \(highest))
            ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)
            """, operation: "keep the quarantine's numbers")
    }
}
