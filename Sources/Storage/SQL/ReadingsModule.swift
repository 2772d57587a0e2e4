import CSQLite

/// The table `readings` as SQLite sees it: C functions that are given addresses.
/// Source: https://www.sqlite.org/vtab.html
///
/// The functions that are called for each row touch the cursor's pointers and nothing that is counted or allocated.
enum ReadingsModule {
    /// What SQLite knows as the table. The first part is SQLite's.
    private struct Table {
        var base = sqlite3_vtab()
        var table: Unmanaged<ReadingsTable>
    }

    /// What SQLite knows as a cursor. The first part is SQLite's.
    private struct Cursor {
        var base = sqlite3_vtab_cursor()
        var row: UnsafeMutablePointer<ReadingsRow>
        var end: UnsafeMutablePointer<ReadingsRow>
        var names: UnsafeMutablePointer<SeriesNames.List>
        var walk: Unmanaged<ReadingsWalk>
    }

    /// Makes the table `temp.readings`; the object must outlive the connection's use of it.
    static func register(_ table: ReadingsTable) throws(StorageError) {
        precondition(MemoryLayout<Cursor>.offset(of: \.base) == 0 && MemoryLayout<Table>.offset(of: \.base) == 0)
        let context = Unmanaged.passUnretained(table).toOpaque()
        let code = sqlite3_create_module_v2(table.database.handle, "poort_readings", module, context, nil)
        guard code == SQLITE_OK else { throw table.database.error("add the table of readings") }
        try table.database.execute(
            "CREATE VIRTUAL TABLE temp.readings USING poort_readings", operation: "add the table of readings")
    }

    /// SQLite keeps its address.
    nonisolated(unsafe) private static let module: UnsafeMutablePointer<sqlite3_module> = {
        var module = sqlite3_module()
        module.iVersion = 1
        module.xCreate = { handle, context, _, _, made, _ in ReadingsModule.connect(handle, context, made) }
        module.xConnect = { handle, context, _, _, made, _ in ReadingsModule.connect(handle, context, made) }
        module.xBestIndex = { _, info in
            guard let info else { return SQLITE_ERROR }
            ReadingsTable.plan(info)
            return SQLITE_OK
        }
        module.xDisconnect = { ReadingsModule.disconnect($0) }
        module.xDestroy = { ReadingsModule.disconnect($0) }
        module.xOpen = { ReadingsModule.open($0, $1) }
        module.xClose = { ReadingsModule.close($0) }
        module.xFilter = { ReadingsModule.filter($0, number: $1, count: $3, values: $4) }
        module.xNext = { ReadingsModule.next($0) }
        module.xEof = { ReadingsModule.isAtEnd($0) }
        module.xColumn = { ReadingsModule.column($0, $1, $2) }
        let address = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        address.initialize(to: module)
        return address
    }()

    // MARK: - The table

    private static func connect(
        _ handle: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
        _ made: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?
    ) -> Int32 {
        guard let context, let made else { return SQLITE_ERROR }
        let code = sqlite3_declare_vtab(handle, ReadingsTable.declaration)
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

    // MARK: - A cursor

    private static func open(
        _ table: UnsafeMutablePointer<sqlite3_vtab>?,
        _ made: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?
    ) -> Int32 {
        guard let table, let made else { return SQLITE_ERROR }
        let owner = UnsafeMutableRawPointer(table).assumingMemoryBound(to: Table.self).pointee.table
            .takeUnretainedValue()
        do {
            let walk = try ReadingsWalk(owner)
            let cursor = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
            cursor.initialize(
                to: Cursor(
                    row: walk.batch.rows, end: walk.batch.rows, names: owner.names.list, walk: .passRetained(walk)))
            made.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        } catch {
            return VirtualTable.fail(table, error)
        }
    }

    private static func close(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        guard let cursor = typed(cursor) else { return SQLITE_OK }
        cursor.pointee.walk.release()
        cursor.deallocate()
        return SQLITE_OK
    }

    private static func filter(
        _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, number: Int32, count: Int32,
        values: UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 {
        guard let cursor = typed(cursor) else { return SQLITE_ERROR }
        let arguments = TableArguments(plan: TablePlan(number: number), values, count: count)
        return show(cursor) { try $0.begin(arguments) }
    }

    @inline(__always)
    private static func next(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        guard let cursor = typed(cursor) else { return SQLITE_ERROR }
        cursor.pointee.row += 1
        if cursor.pointee.row < cursor.pointee.end { return SQLITE_OK }
        return show(cursor) { try $0.refill() }
    }

    /// Lets the pointers walk through what the walk has found.
    @inline(never)
    private static func show(_ cursor: UnsafeMutablePointer<Cursor>, _ find: (ReadingsWalk) throws -> Void) -> Int32 {
        let walk = cursor.pointee.walk.takeUnretainedValue()
        do {
            try find(walk)
            cursor.pointee.row = walk.batch.rows
            cursor.pointee.end = walk.batch.rows + walk.batch.count
            return SQLITE_OK
        } catch {
            cursor.pointee.end = cursor.pointee.row
            return VirtualTable.fail(cursor.pointee.base.pVtab, error)
        }
    }

    @inline(__always)
    private static func isAtEnd(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        guard let cursor = typed(cursor) else { return 1 }
        return cursor.pointee.row < cursor.pointee.end ? 0 : 1
    }

    @inline(__always)
    private static func column(
        _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ context: OpaquePointer?, _ index: Int32
    ) -> Int32 {
        guard let cursor = typed(cursor) else { return SQLITE_ERROR }
        let row = cursor.pointee.row
        switch index {
        case ReadingsTable.Column.time.rawValue: sqlite3_result_int64(context, row.pointee.time)
        case ReadingsTable.Column.value.rawValue: sqlite3_result_double(context, row.pointee.value)
        case ReadingsTable.Column.series.rawValue: sqlite3_result_int(context, row.pointee.series)
        case ReadingsTable.Column.flag.rawValue: sqlite3_result_int(context, Int32(row.pointee.flag))
        case ReadingsTable.Column.tests.rawValue: sqlite3_result_int64(context, row.pointee.tests)
        default: name(cursor, context, index, of: Int(row.pointee.series))
        }
        return SQLITE_OK
    }

    /// Names stay where they are as long as the connection is open. A series that is not in its table has none.
    private static func name(
        _ cursor: UnsafeMutablePointer<Cursor>, _ context: OpaquePointer?, _ index: Int32, of series: Int
    ) {
        let list = cursor.pointee.names
        guard series >= 0, series < list.pointee.count else { return sqlite3_result_null(context) }
        let name = list.pointee.names + series
        switch index {
        case ReadingsTable.Column.device.rawValue:
            sqlite3_result_text(context, name.pointee.device, name.pointee.deviceCount, poort_sqlite_static())
        case ReadingsTable.Column.quantity.rawValue:
            sqlite3_result_text(context, name.pointee.quantity, name.pointee.quantityCount, poort_sqlite_static())
        default: sqlite3_result_text(context, name.pointee.unit, name.pointee.unitCount, poort_sqlite_static())
        }
    }

    @inline(__always)
    private static func typed(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> UnsafeMutablePointer<Cursor>? {
        UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: Cursor.self)
    }
}
