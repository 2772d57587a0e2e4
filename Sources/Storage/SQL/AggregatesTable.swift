import CSQLite
import Telemetry

/// What the virtual table `aggregates` of one connection is made of: the rows of the table of that name, with the figures
/// that follow from them. Columns are called as in the NDJSON of `poort query`.
final class AggregatesTable {
    let database: Database
    let names: SeriesNames
    let schemaVersion: Int64

    enum Column: Int32, CaseIterable {
        case series = 0
        case device, quantity, unit, tier, start, end, count, mean, min, max, stddev, first, last, coverage, valid
        case revision, suspect, fail, expected, increase, resets, wraps, increaseSince, sum, minTime, maxTime, p50
        case p85, p95, resultant

        /// As in SQL, and in the NDJSON of `poort query`.
        private var name: String {
            switch self {
            case .increaseSince: "increase_since"
            case .minTime: "min_time"
            case .maxTime: "max_time"
            default: "\(self)"
            }
        }

        fileprivate var declaration: String {
            switch self {
            case .device, .quantity, .unit, .tier: "\(name) TEXT"
            case .series, .start, .end, .count, .valid, .revision, .suspect, .fail, .expected, .resets, .wraps,
                .increaseSince, .minTime, .maxTime:
                "\"\(name)\" INTEGER"
            default: "\(name) REAL"
            }
        }
    }

    static let declaration = """
        CREATE TABLE aggregates(\(Column.allCases.map(\.declaration).joined(separator: ", ")),
        PRIMARY KEY(tier, start, series)) WITHOUT ROWID
        """

    private static let roles: [Int32: TablePlan.Role] = [
        Column.series.rawValue: .series, Column.device.rawValue: .device, Column.quantity.rawValue: .quantity,
        Column.unit.rawValue: .unit, Column.tier.rawValue: .tier, Column.start.rawValue: .time,
    ]

    init(_ database: Database, names: SeriesNames, schemaVersion: Int64) {
        self.database = database
        self.names = names
        self.schemaVersion = schemaVersion
    }

    static func plan(_ info: UnsafeMutablePointer<sqlite3_index_info>) {
        _ = TablePlan(choosingFrom: info, roles: roles, needs: 0, rowCount: 1e7, isOrderedWithinTier: true)
    }
}

/// One walk through the table, row by row.
final class AggregatesWalk {
    let table: AggregatesTable
    private var request = ReadingsRequest()
    private var tiers: [Tier] = []
    private var select: Statement?
    private var read: StoredAggregate?
    private(set) var isAtEnd = true

    init(_ table: AggregatesTable) {
        self.table = table
    }

    func begin(_ arguments: TableArguments) throws {
        try table.names.refresh()
        request = try arguments.request(names: table.names, timeColumn: "start")
        let wanted = arguments.tiers
        tiers = Tier.allCases.filter { wanted?.contains(Array($0.name.utf8)) ?? true }.reversed()
        if request.isEmpty { tiers = [] }
        select = nil
        isAtEnd = false
        try advance()
    }

    func advance() throws {
        read = nil
        while true {
            if let select {
                while try select.step("read aggregates") {
                    if request.holds(SeriesID(truncatingIfNeeded: select.integer(2))) { return }
                }
                self.select = nil
            }
            guard let tier = tiers.popLast() else {
                isAtEnd = true
                return
            }
            select = try statement(for: tier)
        }
    }

    /// The row on which the walk stands.
    var row: StoredAggregate? {
        if let read { return read }
        read = select.map(AggregateRow.read)
        return read
    }

    private func statement(for tier: Tier) throws(StorageError) -> Statement {
        let columns = AggregateRow.columns(schemaVersion: table.schemaVersion)
        let direction = request.order == .descending ? "DESC" : ""
        let few = max(1, table.names.list.pointee.count / 8)
        if let series = request.series, series.count <= few, tier != .day, let starts = try starts(of: tier) {
            // Rows lie by tier, start and series, so that those of a few series are looked up one by one.
            let list = series.map { "(\($0))" }.joined(separator: ",")
            let (first, last) =
                direction.isEmpty ? (starts.lowerBound, starts.upperBound) : (starts.upperBound, starts.lowerBound)
            let (step, goesOn) = direction.isEmpty ? ("+", "<=") : ("-", ">=")
            let select = try table.database.prepare(
                """
                WITH RECURSIVE starts(at) AS (SELECT ?1 UNION ALL SELECT at \(step) ?3 FROM starts WHERE at \(step) ?3 \(goesOn) ?2)
                SELECT \(columns) FROM starts CROSS JOIN (VALUES\(list)) AS wanted CROSS JOIN main.aggregates
                ON tier = ?4 AND start = at AND series = wanted.column1
                """)
            select.bind(1, first)
            select.bind(2, last)
            select.bind(3, Int64(tier.rawValue) * 1000)
            select.bind(4, tier.rawValue)
            return select
        }
        let select = try table.database.prepare(
            """
            SELECT \(columns) FROM main.aggregates WHERE tier = ?1 AND start >= ?2 AND start <= ?3
            ORDER BY start \(direction), series \(direction)
            """)
        select.bind(1, tier.rawValue)
        select.bind(2, request.firstTime)
        select.bind(3, request.lastTime)
        return select
    }

    /// The first and the last start that may be there; nil where there is none.
    private func starts(of tier: Tier) throws(StorageError) -> ClosedRange<Int64>? {
        let width = Int64(tier.rawValue) * 1000
        let of = "FROM main.aggregates WHERE tier = \(tier.rawValue)"
        guard let first = try table.database.integer("SELECT min(start) \(of)"),
            let last = try table.database.integer("SELECT max(start) \(of)"), first <= last
        else { return nil }
        let begin = max(first, request.firstTime)
        let end = min(last, request.lastTime)
        guard begin <= end, begin > -(1 << 60), end < 1 << 60 else { return nil }
        let (aligned, final) = (-(-begin).flooredQuotient(width) * width, end.flooredQuotient(width) * width)
        return aligned <= final ? aligned...final : nil
    }
}
