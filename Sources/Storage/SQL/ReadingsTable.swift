import CSQLite
import Telemetry

/// What the virtual table `readings` of one connection is made of.
final class ReadingsTable {
    let database: Database
    let names: SeriesNames
    let segments: SegmentRows
    private let schemaVersion: Int64
    /// Those that no scan uses at the moment.
    private var idle: [ReadingsStatements] = []

    static let declaration = """
        CREATE TABLE readings(series INTEGER, device TEXT, quantity TEXT, unit TEXT, time INTEGER, value REAL,
        flag INTEGER, tests INTEGER, PRIMARY KEY(time, series)) WITHOUT ROWID
        """

    enum Column: Int32 {
        case series = 0
        case device, quantity, unit, time, value, flag, tests

        var bit: UInt64 { 1 << UInt64(rawValue) }
    }

    static let roles: [Int32: TablePlan.Role] = [
        Column.series.rawValue: .series, Column.device.rawValue: .device, Column.quantity.rawValue: .quantity,
        Column.unit.rawValue: .unit, Column.time.rawValue: .time,
    ]

    /// What a plan needs to say of the columns.
    enum Need {
        static let values: Int32 = 1
        static let verdicts: Int32 = 2
    }

    init(_ database: Database, schemaVersion: Int64, skipsDamaged: Bool) throws(StorageError) {
        self.database = database
        self.schemaVersion = schemaVersion
        names = try SeriesNames(database)
        segments = SegmentRows(names: names, skipsDamaged: skipsDamaged)
    }

    static func plan(_ info: UnsafeMutablePointer<sqlite3_index_info>) {
        let used = info.pointee.colUsed
        var needs: Int32 = 0
        if used & Column.value.bit != 0 { needs |= Need.values }
        if used & (Column.flag.bit | Column.tests.bit) != 0 { needs |= Need.verdicts }
        _ = TablePlan(choosingFrom: info, roles: roles, needs: needs, rowCount: 1e8)
    }

    func takeStatements() throws(StorageError) -> ReadingsStatements {
        if let statements = idle.popLast() { return statements }
        return try ReadingsStatements(database, schemaVersion: schemaVersion)
    }

    func giveBack(_ statements: ReadingsStatements) {
        statements.reset()
        idle.append(statements)
    }

    func scan(_ arguments: TableArguments, _ statements: ReadingsStatements) throws -> (any ReadingsScan)? {
        statements.reset()
        try names.refresh()
        var request = try arguments.request(names: names, timeColumn: "time")
        request.needsValues = arguments.plan.needs & Need.values != 0
        request.needsVerdicts = arguments.plan.needs & Need.verdicts != 0
        guard !request.isEmpty else { return nil }
        let count = names.list.pointee.count
        if request.order == .any {
            return try PlainScan(request, statements: statements, segments: segments, seriesCount: count)
        }
        return try OrderedScan(request, statements: statements, segments: segments, seriesCount: count)
    }
}

/// One walk through the table: refills its batch, which the cursor's pointers walk through.
final class ReadingsWalk {
    let table: ReadingsTable
    let batch = RowBatch()
    private let statements: ReadingsStatements
    private var scan: (any ReadingsScan)?

    init(_ table: ReadingsTable) throws(StorageError) {
        self.table = table
        statements = try table.takeStatements()
    }

    deinit { table.giveBack(statements) }

    func begin(_ arguments: TableArguments) throws {
        batch.removeAll()
        scan = try table.scan(arguments, statements)
        try refill()
    }

    func refill() throws {
        batch.removeAll()
        try scan?.fill(batch)
    }
}
