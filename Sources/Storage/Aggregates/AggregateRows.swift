import Telemetry

/// Reads aggregates, of a file of any schema version.
struct AggregateRows {
    let database: Database
    let schemaVersion: Int64

    init(_ database: Database, schemaVersion: Int64) {
        self.database = database
        self.schemaVersion = schemaVersion
    }

    /// Where a tier's rows lie in a table that is shared by all tiers.
    private var isOld: Bool { schemaVersion < 4 }

    /// A tier's windows that begin within a range, ordered by start and series unless any order will do.
    func select(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID? = nil, order: ReadingsRequest.Order = .ascending
    ) throws(StorageError) -> AggregateCursor {
        if tier == .hour, !isOld, order != .any {
            return AggregateCursor(try HourWalk(database, in: range, of: nil, order: order))
        }
        let table = AggregateTable(tier)
        let direction = order == .descending ? "DESC" : ""
        if isOld {
            let only = series.map { "AND series = \($0)" } ?? ""
            let select = try database.prepare(
                """
                SELECT \(AggregateTable.oldColumns(schemaVersion: schemaVersion)) FROM main.aggregates
                WHERE tier = \(tier.rawValue) AND start >= ?1 AND start < ?2 \(only)
                ORDER BY start \(direction), series \(direction)
                """)
            select.bind(1, range.lowerBound)
            select.bind(2, range.upperBound)
            return AggregateCursor(tier, select)
        }
        let only = series.map { "AND \(table.keys.seriesSQL("\(table.name).id")) = \($0)" } ?? ""
        let select = try database.prepare(
            """
            SELECT \(table.columns) FROM \(table.source) WHERE \(table.condition) \(only)
            ORDER BY \(table.name).id \(direction)
            """)
        table.bind(range, to: select)
        return AggregateCursor(tier, select)
    }

    /// As ``select(_:in:of:order:)``, in the way that is quickest for one series.
    func selectFew(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID?
    ) throws(StorageError) -> AggregateCursor {
        if let series, let each = try selectEach(tier, in: range, of: [series]) { return each }
        // Of days there are few.
        return try select(tier, in: range, of: series)
    }

    /// As ``select(_:in:of:order:)`` for few series, each of whose windows is looked up by its key: as many steps as
    /// the range has windows, however many series the file has.
    /// - Parameter series: ascending.
    /// - Returns: nil where keys cannot be told, since local days begin where the calendar says; and where there is none.
    func selectEach(
        _ tier: Tier, in range: Range<Timestamp>, of series: [SeriesID], order: ReadingsRequest.Order = .ascending
    ) throws(StorageError) -> AggregateCursor? {
        if tier == .hour, !isOld, !series.isEmpty {
            return AggregateCursor(try HourWalk(database, in: range, of: series, order: order))
        }
        let table = AggregateTable(tier)
        guard let step = table.minutes, !series.isEmpty, let known = try knownMinutes(of: table) else { return nil }
        let wanted = AggregateKeys.minutes.steps(in: range)
        // Whole windows, as they are cut from 1970 on.
        let first = -(-max(wanted.lowerBound, known.lowerBound)).flooredQuotient(step) * step
        let last = (min(wanted.upperBound, known.upperBound + 1) - 1).flooredQuotient(step) * step
        let isDescending = order == .descending
        let (begin, end, sign, goesOn) = isDescending ? (last, first, "-", ">=") : (first, last, "+", "<=")
        let list = (isDescending ? series.reversed() : series).map { "(\($0))" }.joined(separator: ",")
        let each = """
            WITH RECURSIVE starts(at) AS (SELECT ?1 WHERE ?3 <= ?4
            UNION ALL SELECT at \(sign) \(step) FROM starts WHERE at \(sign) \(step) \(goesOn) ?2)
            """
        let rows =
            isOld
            ? """
            SELECT \(AggregateTable.oldColumns(schemaVersion: schemaVersion)) FROM starts
            CROSS JOIN (VALUES\(list)) AS wanted CROSS JOIN main.aggregates
            ON tier = \(tier.rawValue) AND start = at * \(AggregateKeys.minutes.stepMilliseconds) AND series = wanted.column1
            """
            : """
            SELECT \(table.columns) FROM starts CROSS JOIN (VALUES\(list)) AS wanted CROSS JOIN \(table.name)
            ON \(table.name).id = \(AggregateKeys.minutes.idSQL(step: "at", series: "wanted.column1"))
            \(table.rareName.map { "LEFT JOIN \($0) ON \($0).id = \(table.name).id" } ?? "")
            """
        let select = try database.prepare("\(each) \(rows)")
        select.bind(1, begin)
        select.bind(2, end)
        select.bind(3, first)
        select.bind(4, last)
        return AggregateCursor(tier, select)
    }

    /// The first and the last minute in which a tier's windows begin, of all series.
    private func knownMinutes(of table: AggregateTable) throws(StorageError) -> ClosedRange<Int64>? {
        func edge(_ which: String) throws(StorageError) -> Int64? {
            if !isOld {
                return try database.integer("SELECT \(which)(id) FROM \(table.name)").map {
                    AggregateKeys.minutes.step(of: $0)
                }
            }
            return try database.integer(
                "SELECT \(which)(start) FROM main.aggregates WHERE tier = \(table.tier.rawValue)"
            ).map { AggregateKeys.minutes.step(of: Timestamp(milliseconds: $0)) }
        }
        guard let first = try edge("min"), let last = try edge("max"), first <= last else { return nil }
        return first...last
    }
}
