import CSQLite
public import Telemetry

/// A salvage that is under way: the daemon works with the new file already, into which the rest of the damaged one is
/// copied between messages.
///
/// The thread that owns the store. Until it has ended no window may be closed and nothing be sealed or removed by age: what
/// these work with is not all there.
public final class Salvage {
    /// The damaged file.
    public let file: String
    private let place: SetAside
    private let store: Store
    private let work: SalvageWork?
    private var position: Position

    private static let tableState = "salvage_table"
    private static let pageState = "salvage_page"

    /// What is to be copied next.
    private struct Position {
        var table: Int
        var page: Int
    }

    private init(stamp: String, place: SetAside, store: Store) throws(StorageError) {
        self.place = place
        self.store = store
        file = place.name(stamp)
        position = Position(
            table: Int(try store.state(Salvage.tableState) ?? 0), page: Int(try store.state(Salvage.pageState) ?? 0))
        work = try SalvageSource(path: file, reference: Salvage.reference).map {
            SalvageWork($0, into: store.database)
        }
    }

    /// The share that is done, 0 to 1.
    public var progress: Double {
        guard let work else { return 1 }
        let counts = work.largeTables.map { work.rowPages(of: $0).count }
        let total = counts.reduce(0, +)
        return total == 0 ? 1 : Double(counts.prefix(position.table).reduce(0, +) + position.page) / Double(total)
    }

    /// Copies the rows of some pages, to be committed by the caller.
    /// - Returns: whether more is left. When not, commit and call ``finish()``.
    public func goOn(pages limit: Int) throws(StorageError) -> Bool {
        guard let work else { return false }
        try store.begin()
        try store.bundleUp()
        var left = limit
        var readings = 0
        while left > 0, position.table < work.largeTables.count {
            let table = work.largeTables[position.table]
            let pages = work.rowPages(of: table)
            guard position.page < pages.count else {
                position = Position(table: position.table + 1, page: 0)
                continue
            }
            readings += try work.copy(pages[position.page], of: table)
            position.page += 1
            left -= 1
        }
        if readings != 0 { try store.database.addLostReadings(-readings) }
        store.newest.note(work.newest)
        if work.takeNewEnds() { try store.sealed.forgetAll() }
        try store.setState(Salvage.tableState, Int64(position.table))
        try store.setState(Salvage.pageState, Int64(position.page))
        FaultPoint.reach("salvage.piece")
        return position.table < work.largeTables.count
    }

    /// Ends it: what was not copied is lost.
    /// - Returns: readings that are lost.
    public func finish() throws(StorageError) -> Int {
        try store.settleLostReadings()
        try store.forgetState([Salvage.tableState, Salvage.pageState])
        try store.recountQuarantine()
        try store.commit()
        FaultPoint.reach("salvage.finished")
        try place.finish()
        FaultPoint.reach("salvage.unmarked")
        return try store.reader.lostReadings()
    }

    // MARK: - Beginning

    /// Opens a file, on which no connection of this process is open, or what takes the place of one that was set aside, with the salvage that is under way.
    /// - Parameter beat: called now and then while it takes longer.
    /// - Throws: as `Store`; for a damaged file (``StorageError/isDamage``), which is then to be set aside: ``setAside(path:now:)``.
    public static func open(
        path: String, options: StoreOptions, beat: () -> Void
    ) throws(StorageError) -> (store: Store, salvage: Salvage?) {
        let place = SetAside(path: path)
        guard options.vfs == nil, let (stamp, phase) = place.underWay else {
            if options.vfs == nil { try Store.checkFiles(path: path) }
            return (try Store(path: path, options: options), nil)
        }
        if phase == .marked { try place.move(stamp) }
        if !place.exists(path) { try build(from: place.name(stamp), place: place, options: options, beat: beat) }
        let store = try Store(path: path, options: options)
        return (store, try Salvage(stamp: stamp, place: place, store: store))
    }

    /// What is damaged in the files of a database, as far as a short look shows; nil where nothing is.
    ///
    /// Before anybody opens them: SQLite stops at the first frame of a log that is not whole, and forgets what was behind.
    public static func damage(at path: String) -> StorageError? {
        guard SetAside(path: path).underWay == nil else { return nil }
        do throws(StorageError) {
            try Store.checkFiles(path: path)
            return nil
        } catch {
            return error
        }
    }

    /// Sets a damaged file aside. Nothing may be open on it.
    /// - Returns: its new name.
    /// - Throws: when it cannot be renamed, and when it is not Poort's, or of a newer one: it is then left untouched.
    public static func setAside(path: String, now: Timestamp) throws(StorageError) -> String {
        let place = SetAside(path: path)
        if place.underWay?.phase == .aside {
            // What the salvage has written is damaged in its turn: the damaged file before it is read once more.
            try place.finish()
        }
        try Store.expectOurs(path: path)
        try place.begin(now: now)
        return place.files.last ?? path
    }

    /// Makes a database with all that the daemon needs to go on, under another name, and puts it into its place.
    private static func build(
        from damaged: String, place: SetAside, options: StoreOptions, beat: () -> Void
    ) throws(StorageError) {
        place.clear()
        let source = try SalvageSource(path: damaged, reference: reference)
        do {
            let database = try Database(
                path: place.begun, mode: .readWrite, busyTimeoutMilliseconds: options.busyTimeoutMilliseconds)
            let version = source?.schemaVersion ?? SchemaVersions.migrations.count
            try Schema.prepare(database, pageSize: options.pageSize, through: version)
            try database.execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE", operation: "begin to salvage")
            if let source {
                try begin(
                    SalvageWork(source, into: database), in: database, isOld: version < SchemaVersions.migrations.count, beat)
            }
            try database.execute("COMMIT", operation: "commit what was salvaged")
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "complete what was salvaged")
        }
        FaultPoint.reach("salvage.built")
        try place.place()
    }

    /// Copies the small tables, and of the large ones the newest readings, which those that come are compared with.
    private static func begin(
        _ work: SalvageWork, in database: Database, isOld: Bool, _ beat: () -> Void
    ) throws(StorageError) {
        for table in work.source.tables where !SalvageWork.large.contains(table) {
            try work.copy(table)
            beat()
        }
        try database.completeSeries(from: work, beat)
        try database.completeVerdicts(from: work)
        try database.balanceLedger()
        var readings = 0
        var position = Position(table: 0, page: 0)
        // An older file is brought up to date once all is there.
        for (index, table) in work.largeTables.enumerated() where isOld || index == 0 {
            for (number, page) in work.rowPages(of: table).enumerated() {
                if !isOld, readings >= readingsAtOnce { break }
                readings += try work.copy(page, of: table)
                position = Position(table: index, page: number + 1)
                if number % 64 == 0 { beat() }
            }
        }
        try database.addLostReadings(try database.readingsNotThere() - readings)
        try database.keepQuarantineNumber(work)
        for (name, value) in [(tableState, position.table), (pageState, position.page)] {
            try database.execute("REPLACE INTO state VALUES('\(name)', \(value))", operation: "keep the position")
        }
    }

    /// About a second's work.
    private static var readingsAtOnce: Int { 300_000 }

    /// The roots of the trees in a file that was made anew with a schema version.
    static func reference(_ schemaVersion: Int) throws(StorageError) -> SalvageSource.Roots {
        if schemaVersion == Int(Schema.currentVersion), let newest { return newest }
        return try roots(schemaVersion)
    }

    private static let newest = try? roots(Int(Schema.currentVersion))

    private static func roots(_ schemaVersion: Int) throws(StorageError) -> SalvageSource.Roots {
        let database = try Database(path: ":memory:", mode: .readWrite, busyTimeoutMilliseconds: 0)
        try Schema.prepare(database, pageSize: 4096, through: schemaVersion)
        let select = try database.prepare("SELECT name, rootpage, type FROM sqlite_schema WHERE rootpage > 0")
        var roots = SalvageSource.Roots()
        while try select.step("read the schema") {
            let (name, root) = (select.text(0), UInt32(clamping: select.integer(1)))
            if select.text(2) == "table" { roots.tables[name] = root } else { roots.indexes[name] = root }
        }
        return roots
    }
}
