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

    /// A tier's windows that begin within a range, ordered by start and series: to be stepped through with
    /// ``AggregateRow/read(_:tier:)``.
    func select(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID? = nil, newestFirst: Bool = false
    ) throws(StorageError) -> Statement {
        let table = AggregateTable(tier)
        let direction = newestFirst ? "DESC" : ""
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
            return select
        }
        let only = series.map { "AND \(table.name).id & \(AggregateTable.series.upperBound - 1) = \($0)" } ?? ""
        let select = try database.prepare(
            """
            SELECT \(table.columns) FROM \(table.source) WHERE \(table.condition) \(only)
            ORDER BY \(table.name).id \(direction)
            """)
        table.bind(range, to: select)
        return select
    }

    /// As ``select(_:in:of:newestFirst:)``, in the way that is quickest for one series.
    func selectFew(_ tier: Tier, in range: Range<Timestamp>, of series: SeriesID?) throws(StorageError) -> Statement {
        if let series, let each = try selectEach(tier, in: range, of: [series]) { return each }
        // Of days there are few.
        return try select(tier, in: range, of: series)
    }

    /// As ``select(_:in:of:newestFirst:)`` for few series, each of whose windows is looked up by its key: as many steps as
    /// the range has windows, however many series the file has.
    /// - Returns: nil where keys cannot be told, since local days begin where the calendar says; and where there is none.
    func selectEach(
        _ tier: Tier, in range: Range<Timestamp>, of series: [SeriesID], newestFirst: Bool = false
    ) throws(StorageError) -> Statement? {
        let table = AggregateTable(tier)
        guard let step = table.minutes, !series.isEmpty, let known = try knownMinutes(of: table) else { return nil }
        let wanted = AggregateTable.minutes(in: range)
        // Whole windows, as they are cut from 1970 on.
        let first = -(-max(wanted.lowerBound, known.lowerBound)).flooredQuotient(step) * step
        let last = (min(wanted.upperBound, known.upperBound + 1) - 1).flooredQuotient(step) * step
        let (begin, end, sign, goesOn) = newestFirst ? (last, first, "-", ">=") : (first, last, "+", "<=")
        let list = series.sorted { newestFirst ? $0 > $1 : $0 < $1 }.map { "(\($0))" }.joined(separator: ",")
        let each = """
            WITH RECURSIVE starts(at) AS (SELECT ?1 WHERE ?3 <= ?4
            UNION ALL SELECT at \(sign) \(step) FROM starts WHERE at \(sign) \(step) \(goesOn) ?2)
            """
        let rows =
            isOld
            ? """
            SELECT \(AggregateTable.oldColumns(schemaVersion: schemaVersion)) FROM starts
            CROSS JOIN (VALUES\(list)) AS wanted CROSS JOIN main.aggregates
            ON tier = \(tier.rawValue) AND start = at * \(AggregateTable.minuteMilliseconds) AND series = wanted.column1
            """
            : """
            SELECT \(table.columns) FROM starts CROSS JOIN (VALUES\(list)) AS wanted CROSS JOIN \(table.name)
            ON \(table.name).id = at << \(AggregateTable.seriesBits) | wanted.column1
            \(table.rareName.map { "LEFT JOIN \($0) ON \($0).id = \(table.name).id" } ?? "")
            """
        let select = try database.prepare("\(each) \(rows)")
        select.bind(1, begin)
        select.bind(2, end)
        select.bind(3, first)
        select.bind(4, last)
        return select
    }

    /// The first and the last minute in which a tier's windows begin, of all series.
    private func knownMinutes(of table: AggregateTable) throws(StorageError) -> ClosedRange<Int64>? {
        func edge(_ which: String) throws(StorageError) -> Int64? {
            if !isOld {
                return try database.integer("SELECT \(which)(id) FROM \(table.name)").map(AggregateTable.minute)
            }
            return try database.integer(
                "SELECT \(which)(start) FROM main.aggregates WHERE tier = \(table.tier.rawValue)"
            ).map { AggregateTable.minute(of: Timestamp(milliseconds: $0)) }
        }
        guard let first = try edge("min"), let last = try edge("max"), first <= last else { return nil }
        return first...last
    }
}
