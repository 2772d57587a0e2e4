import CSQLite
import Telemetry

/// What the virtual table `aggregates` of one connection is made of: the rows of the table of that name, with the figures
/// that follow from them. Columns are called as in the NDJSON of `poort query`.
final class AggregatesSQLTable {
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
    let table: AggregatesSQLTable
    private var request = ReadingsRequest()
    private var tiers: [Tier] = []
    private var cursor: AggregateCursor?
    /// On which the walk stands, once somebody asked for a column of it.
    private var window = AggregateInPlace()
    private var isRead = false
    private(set) var isAtEnd = true

    init(_ table: AggregatesSQLTable) {
        self.table = table
    }

    func begin(_ arguments: TableArguments) throws {
        try table.names.refresh()
        request = try arguments.request(names: table.names, timeColumn: "start")
        let wanted = arguments.tiers
        tiers = Tier.allCases.filter { wanted?.contains(Array($0.name.utf8)) ?? true }.reversed()
        if request.isEmpty { tiers = [] }
        cursor = nil
        isAtEnd = false
        try advance()
    }

    func advance() throws {
        isRead = false
        while true {
            if let cursor {
                while try cursor.step("read aggregates") {
                    if request.holds(cursor.series) { return }
                }
                self.cursor = nil
            }
            guard let tier = tiers.popLast() else {
                isAtEnd = true
                return
            }
            cursor = try windows(of: tier)
        }
    }

    /// Lends the window on which the walk stands.
    func withWindow(_ body: (borrowing AggregateInPlace) -> Void) {
        if !isRead, let cursor {
            window = AggregateInPlace(cursor.read())
            isRead = true
        }
        body(window)
    }

    private func windows(of tier: Tier) throws(StorageError) -> AggregateCursor {
        let rows = AggregateRows(table.database, schemaVersion: table.schemaVersion)
        let (first, last) = (Timestamp.distantPast.milliseconds, Timestamp.distantFuture.milliseconds)
        let begin = min(max(request.firstTime, first), last)
        let end = min(max(request.lastTime, first - 1), last - 1)
        let range = Timestamp(milliseconds: begin)..<Timestamp(milliseconds: max(begin, end + 1))
        // Rows lie by start and series, so that those of a few series are looked up one by one.
        let few = max(1, table.names.list.pointee.count / 8)
        if let series = request.series, series.count <= few,
            let each = try rows.selectEach(tier, in: range, of: series, order: request.order)
        {
            return each
        }
        return try rows.select(tier, in: range, order: request.order)
    }
}
