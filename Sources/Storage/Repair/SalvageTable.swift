import CSQLite

/// A table into which salvaged rows are written, in the file that takes the damaged one's place.
final class SalvageTable {
    let name: String
    private let database: Database
    /// In the order in which a record holds them.
    private let columns: [String]
    /// The column that is the row's number, among them.
    private let numberColumn: Int?
    /// By how many columns are given: records of before a column was added are shorter.
    private var inserts: [Int: Statement] = [:]

    init(_ name: String, in database: Database) throws(StorageError) {
        self.name = name
        self.database = database
        let hasRowNumbers =
            try database.integer("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = '\(name)'") == 0
        // A table without row numbers keeps its key first.
        let order = hasRowNumbers ? "cid" : "pk = 0, pk, cid"
        let select = try database.prepare("SELECT name, type, pk FROM pragma_table_info('\(name)') ORDER BY \(order)")
        var columns: [String] = []
        var numberColumn: Int?
        while try select.step("read the columns of \(name)") {
            if hasRowNumbers, select.integer(2) == 1, select.text(1) == "INTEGER" { numberColumn = columns.count }
            columns.append(select.text(0))
        }
        self.columns = columns
        self.numberColumn = numberColumn
    }

    /// - Returns: whether it was written: not when its like is there, or its values are of the wrong kind.
    func insert(_ row: SalvagedRow) throws(StorageError) -> Bool {
        guard !row.values.isEmpty, row.values.count <= columns.count else { return false }
        let insert = try statement(columnCount: row.values.count)
        for (index, value) in row.values.enumerated() {
            let place = Int32(index + 1)
            if index == numberColumn, let number = row.number {
                insert.bind(place, number)
                continue
            }
            switch value {
            case .null: insert.bindNull(place)
            case .integer(let value): insert.bind(place, value)
            case .real(let value): insert.bind(place, value)
            case .text(let bytes): insert.bind(place, String(decoding: bytes, as: UTF8.self))
            case .blob(let bytes): insert.bind(place, blob: bytes)
            }
        }
        do throws(StorageError) {
            try insert.run("salvage a row of \(name)")
        } catch {
            if error.code & 0xFF == SQLITE_CONSTRAINT { return false }
            throw error
        }
        return database.changedRows > 0
    }

    private func statement(columnCount: Int) throws(StorageError) -> Statement {
        if let known = inserts[columnCount] { return known }
        let list = columns.prefix(columnCount).map { "\"\($0)\"" }.joined(separator: ", ")
        let places = (1...columnCount).map { "?\($0)" }.joined(separator: ", ")
        let made = try database.prepare("INSERT OR IGNORE INTO \(name)(\(list)) VALUES(\(places))")
        inserts[columnCount] = made
        return made
    }
}
