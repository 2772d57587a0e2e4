import CSQLite
import Telemetry

/// The table `aggregates` as SQLite sees it: C functions that are given addresses.
/// Source: https://www.sqlite.org/vtab.html
enum AggregatesModule {
    private struct Table {
        var base = sqlite3_vtab()
        var table: Unmanaged<AggregatesSQLTable>
    }

    private struct Cursor {
        var base = sqlite3_vtab_cursor()
        var walk: Unmanaged<AggregatesWalk>
    }

    /// Makes the table `temp.aggregates`; the object must outlive the connection's use of it.
    static func register(_ table: AggregatesSQLTable) throws(StorageError) {
        precondition(MemoryLayout<Cursor>.offset(of: \.base) == 0 && MemoryLayout<Table>.offset(of: \.base) == 0)
        let context = Unmanaged.passUnretained(table).toOpaque()
        let code = sqlite3_create_module_v2(table.database.handle, "poort_aggregates", module, context, nil)
        guard code == SQLITE_OK else { throw table.database.error("add the table of aggregates") }
        try table.database.execute(
            "CREATE VIRTUAL TABLE temp.aggregates USING poort_aggregates", operation: "add the table of aggregates")
    }

    /// SQLite keeps its address.
    nonisolated(unsafe) private static let module: UnsafeMutablePointer<sqlite3_module> = {
        var module = sqlite3_module()
        module.iVersion = 1
        module.xCreate = { handle, context, _, _, made, _ in AggregatesModule.connect(handle, context, made) }
        module.xConnect = { handle, context, _, _, made, _ in AggregatesModule.connect(handle, context, made) }
        module.xBestIndex = { _, info in
            guard let info else { return SQLITE_ERROR }
            AggregatesSQLTable.plan(info)
            return SQLITE_OK
        }
        module.xDisconnect = { AggregatesModule.disconnect($0) }
        module.xDestroy = { AggregatesModule.disconnect($0) }
        module.xOpen = { AggregatesModule.open($0, $1) }
        module.xClose = { AggregatesModule.close($0) }
        module.xFilter = { AggregatesModule.filter($0, number: $1, count: $3, values: $4) }
        module.xNext = { AggregatesModule.next($0) }
        module.xEof = { AggregatesModule.isAtEnd($0) }
        module.xColumn = { AggregatesModule.column($0, $1, $2) }
        let address = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        address.initialize(to: module)
        return address
    }()

    private static func connect(
        _ handle: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
        _ made: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?
    ) -> Int32 {
        guard let context, let made else { return SQLITE_ERROR }
        let code = sqlite3_declare_vtab(handle, AggregatesSQLTable.declaration)
        guard code == SQLITE_OK else { return code }
        let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
        table.initialize(to: Table(table: .fromOpaque(context)))
        made.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
        return SQLITE_OK
    }

    private static func disconnect(_ table: UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 {
        UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: Table.self).deallocate()
        return SQLITE_OK
    }

    private static func open(
        _ table: UnsafeMutablePointer<sqlite3_vtab>?,
        _ made: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?
    ) -> Int32 {
        guard let table, let made else { return SQLITE_ERROR }
        let owner = UnsafeMutableRawPointer(table).assumingMemoryBound(to: Table.self).pointee.table
        let cursor = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
        cursor.initialize(to: Cursor(walk: .passRetained(AggregatesWalk(owner.takeUnretainedValue()))))
        made.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
        return SQLITE_OK
    }

    private static func close(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        walk(cursor)?.release()
        UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: Cursor.self).deallocate()
        return SQLITE_OK
    }

    private static func filter(
        _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, number: Int32, count: Int32,
        values: UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 {
        let arguments = TableArguments(plan: TablePlan(number: number), values, count: count)
        return move(cursor) { walk in try walk.begin(arguments) }
    }

    private static func next(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        move(cursor) { walk in try walk.advance() }
    }

    private static func isAtEnd(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        walk(cursor)?._withUnsafeGuaranteedRef(\.isAtEnd) ?? true ? 1 : 0
    }

    private static func column(
        _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ context: OpaquePointer?, _ index: Int32
    ) -> Int32 {
        guard let walk = walk(cursor) else { return SQLITE_ERROR }
        // A reference that is counted for each column of each row shows in the time that a statement takes.
        walk._withUnsafeGuaranteedRef { give(context, $0, index) }
        return SQLITE_OK
    }

    private static func move(
        _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ step: (AggregatesWalk) throws -> Void
    ) -> Int32 {
        guard let walk = walk(cursor) else { return SQLITE_ERROR }
        do {
            try walk._withUnsafeGuaranteedRef(step)
            return SQLITE_OK
        } catch {
            return VirtualTable.fail(cursor?.pointee.pVtab, error)
        }
    }

    private static func walk(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Unmanaged<AggregatesWalk>? {
        UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: Cursor.self).pointee.walk
    }

    // MARK: - Columns

    private static func give(_ context: OpaquePointer?, _ walk: AggregatesWalk, _ index: Int32) {
        guard let column = AggregatesSQLTable.Column(rawValue: index) else { return }
        walk.withWindow { give(context, $0, column, names: walk.table.names) }
    }

    private static func give(
        _ context: OpaquePointer?, _ row: borrowing AggregateInPlace, _ column: AggregatesSQLTable.Column,
        names: SeriesNames
    ) {
        switch column {
        case .series: give(context, Int64(row.stored.series))
        case .device: give(context, names.bytes(of: row.stored.series, .device))
        case .quantity: give(context, names.bytes(of: row.stored.series, .quantity))
        case .unit: give(context, names.bytes(of: row.stored.series, .unit))
        case .tier: give(context, row.stored.aggregate.window.tier.name)
        case .start: give(context, row.stored.aggregate.window.start.milliseconds)
        case .end: give(context, row.stored.aggregate.window.end.milliseconds)
        case .count: give(context, Int64(row.stored.aggregate.count))
        case .mean: give(context, row.stored.aggregate.mean)
        case .min: give(context, row.stored.aggregate.statistics?.minimum)
        case .max: give(context, row.stored.aggregate.statistics?.maximum)
        case .stddev: give(context, row.stored.aggregate.standardDeviation)
        case .first: give(context, row.stored.aggregate.first)
        case .last: give(context, row.stored.aggregate.last)
        case .coverage: give(context, row.stored.aggregate.coverage)
        case .valid: give(context, Int64(row.stored.aggregate.isValid ? 1 : 0))
        case .revision: give(context, Int64(row.stored.revision))
        case .suspect: give(context, Int64(row.stored.aggregate.suspectCount))
        case .fail: give(context, Int64(row.stored.aggregate.failCount))
        case .expected: give(context, row.stored.aggregate.expected.map(Int64.init))
        default: giveFigure(context, row, column)
        }
    }

    /// What there is of some kinds of quantities alone.
    private static func giveFigure(
        _ context: OpaquePointer?, _ row: borrowing AggregateInPlace, _ column: AggregatesSQLTable.Column
    ) {
        switch column {
        case .increase: give(context, row.stored.aggregate.increase?.total)
        case .resets: give(context, row.stored.aggregate.increase.map { Int64($0.resets) })
        case .wraps: give(context, row.stored.aggregate.increase.map { Int64($0.wraps) })
        case .increaseSince: give(context, row.stored.aggregate.increase?.since?.milliseconds)
        case .sum: give(context, row.stored.aggregate.sum)
        case .minTime: give(context, row.stored.aggregate.statistics?.minimumTime?.milliseconds)
        case .maxTime: give(context, row.stored.aggregate.statistics?.maximumTime?.milliseconds)
        case .p50: give(context, row.stored.aggregate.percentiles?.p50)
        case .p85: give(context, row.stored.aggregate.percentiles?.p85)
        case .p95: give(context, row.stored.aggregate.percentiles?.p95)
        case .resultant: give(context, row.stored.aggregate.resultantLength)
        default: break
        }
    }

    private static func give(_ context: OpaquePointer?, _ number: Int64?) {
        if let number { sqlite3_result_int64(context, number) }
    }

    private static func give(_ context: OpaquePointer?, _ number: Double?) {
        if let number { sqlite3_result_double(context, number) }
    }

    private static func give(_ context: OpaquePointer?, _ text: String) {
        sqlite3_result_text(context, text, Int32(text.utf8.count), poort_sqlite_transient())
    }

    /// A text that stays where it is.
    private static func give(_ context: OpaquePointer?, _ text: (start: UnsafePointer<CChar>, count: Int32)?) {
        if let text { sqlite3_result_text(context, text.start, text.count, poort_sqlite_static()) }
    }
}
