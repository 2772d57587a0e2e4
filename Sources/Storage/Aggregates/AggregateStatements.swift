import Telemetry

/// Those of all tiers.
struct AggregateTables {
    private let minutes: AggregateStatements
    private let quarters: AggregateStatements
    private let hours: AggregateStatements
    private let days: AggregateStatements

    init(_ database: Database) throws(StorageError) {
        minutes = try AggregateStatements(.minute, of: database)
        quarters = try AggregateStatements(.quarter, of: database)
        hours = try AggregateStatements(.hour, of: database)
        days = try AggregateStatements(.day, of: database)
    }

    subscript(tier: Tier) -> AggregateStatements {
        switch tier {
        case .minute: minutes
        case .quarter: quarters
        case .hour: hours
        case .day: days
        }
    }
}

/// How a ``Store`` reads and writes a tier's windows, prepared once.
final class AggregateStatements {
    let table: AggregateTable
    private let database: Database
    private let insert: Statement
    private let replace: Statement
    private let select: Statement
    private let writeRare: Statement?
    private let deleteRare: Statement?

    init(_ tier: Tier, of database: Database) throws(StorageError) {
        self.database = database
        table = AggregateTable(tier)
        let daily = tier == .day ? AggregateTable.daily : []
        let values = AggregateStatements.values(
            [AggregateTable.common, table.rareName == nil ? AggregateTable.rare : [], daily],
            from: [AggregateRow.commonParameter, AggregateRow.rareParameter, AggregateRow.dailyParameter])
        insert = try database.prepare("INSERT INTO \(table.name)\(values) ON CONFLICT DO NOTHING")
        replace = try database.prepare("REPLACE INTO \(table.name)\(values)")
        select = try database.prepare("SELECT \(table.columns) FROM \(table.source) WHERE \(table.name).id = ?1")
        if let rare = table.rareName {
            let values = AggregateStatements.values([AggregateTable.rare], from: [AggregateRow.rareParameter])
            writeRare = try database.prepare("REPLACE INTO \(rare)\(values)")
            deleteRare = try database.prepare("DELETE FROM \(rare) WHERE id = ?1")
        } else {
            (writeRare, deleteRare) = (nil, nil)
        }
    }

    private static func values(_ columns: [[String]], from first: [Int32]) -> String {
        let names = ["id"] + columns.joined()
        let parameters = zip(columns, first).flatMap { columns, first in columns.indices.map { "?\(Int(first) + $0)" } }
        return "(\(names.joined(separator: ", "))) VALUES(\((["?1"] + parameters).joined(separator: ", ")))"
    }

    /// - Returns: false if there is one of that window and series.
    func insert(_ aggregate: Aggregate, series: SeriesID) throws(StorageError) -> Bool {
        bind(aggregate, series: series, revision: 1, to: insert)
        try insert.run("write an aggregate")
        guard database.changedRows > 0 else { return false }
        if let writeRare, AggregateRow.bindRare(aggregate, series: series, to: writeRare) {
            try writeRare.run("write an aggregate")
        }
        return true
    }

    func replace(with aggregate: Aggregate, series: SeriesID, revision: Int) throws(StorageError) {
        bind(aggregate, series: series, revision: revision, to: replace)
        try replace.run("correct an aggregate")
        guard let writeRare, let deleteRare else { return }
        if AggregateRow.bindRare(aggregate, series: series, to: writeRare) {
            try writeRare.run("correct an aggregate")
        } else {
            deleteRare.bind(1, table.keys.id(aggregate.window.start, series))
            try deleteRare.run("correct an aggregate")
        }
    }

    private func bind(_ aggregate: Aggregate, series: SeriesID, revision: Int, to statement: Statement) {
        AggregateRow.bindCommon(aggregate, series: series, revision: revision, to: statement)
        if table.rareName == nil { AggregateRow.bindRare(aggregate, series: series, to: statement) }
        if table.tier == .day { AggregateRow.bindDay(aggregate.window, to: statement) }
    }

    func aggregate(start: Timestamp, series: SeriesID) throws(StorageError) -> StoredAggregate? {
        select.bind(1, table.keys.id(start, series))
        defer { select.reset() }
        return try select.step("read an aggregate") ? AggregateRow.read(select, tier: table.tier) : nil
    }
}
