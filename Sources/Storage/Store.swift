import CSQLite
public import Telemetry

/// The SQLite file, open for writing. One thread owns it; nothing here may be called from another.
///
/// The first write after a commit begins a transaction, and ``commit()`` makes everything since then durable at once:
/// readings, aggregates, quarantine, ledger and what recognises redeliveries. When anything throws, the transaction is
/// lost: call ``rollback()`` and open a new store.
public final class Store {
    let database: Database
    let statements: Statements
    let sealed: SealedReadings
    let verdicts: Verdicts
    let aggregateTables: AggregateTables
    let counted: CountedMinutes
    let changes: ChangeLog
    let bundles: BundleTable
    let allHot: HotCursor
    /// Readings that are to be written with others of the same commit.
    var unbundled: [BundledReading] = []
    var newest = NewestTimes()
    /// The newest schema that is read, and the one that is written.
    public static var schemaVersion: Int64 { Schema.currentVersion }
    public let path: String
    public let options: StoreOptions
    var quarantinedBytes: Int64 = 0
    /// Numbers are not given again, or one that somebody read off a list might mean another message meanwhile.
    var lastQuarantineNumber: Int64 = 0
    private var keptQuarantineNumber: Int64 = 0
    var isWriting = false

    /// Opens the file, creating it or bringing it up to date as needed.
    /// - Throws: ``StorageError``, whose hint says what to do; most of it passes, so try again after a second.
    public init(path: String, options: StoreOptions = StoreOptions()) throws(StorageError) {
        self.path = path
        self.options = options
        database = try Database(
            path: path, mode: .readWrite, busyTimeoutMilliseconds: options.busyTimeoutMilliseconds, vfs: options.vfs)
        try Schema.prepare(database, pageSize: options.pageSize)
        let pageSize = try database.integer("PRAGMA page_size") ?? Int64(options.pageSize)
        // FULL: each commit reaches the disk before it is acknowledged. https://www.sqlite.org/pragma.html#pragma_synchronous
        try database.execute(
            """
            PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = \(options.logLimitBytes / pageSize);
            PRAGMA journal_size_limit = \(options.logLimitBytes);
            PRAGMA secure_delete = OFF; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY
            """, operation: "set up the connection")
        statements = try Statements(database)
        sealed = try SealedReadings(database)
        verdicts = try Verdicts(database)
        aggregateTables = try AggregateTables(database)
        counted = try CountedMinutes(database)
        changes = try ChangeLog(database)
        bundles = try BundleTable(database)
        allHot = try HotCursor(database, verdicts: verdicts, of: nil, newestFirst: false)
        quarantinedBytes = try database.integer("SELECT sum(\(Store.quarantinedLength)) FROM quarantine") ?? 0
        keptQuarantineNumber = try state(Store.quarantineNumberState) ?? 0
        lastQuarantineNumber = max(keptQuarantineNumber, try database.integer("SELECT max(id) FROM quarantine") ?? 0)
        try readNewest()
    }

    private static let quarantineNumberState = "quarantine_number"

    /// Begins a transaction unless one is open.
    public func begin() throws(StorageError) {
        if isWriting { return }
        try statements.begin.run("begin a transaction")
        isWriting = true
    }

    /// Makes everything since the last commit durable. Blocks for as long as the disk takes.
    /// - Throws: also when the file was removed, renamed or replaced: nobody would find in it what was acknowledged.
    public func commit() throws(StorageError) {
        guard isWriting else { return }
        try expectInPlace()
        try bundleUp()
        if lastQuarantineNumber > keptQuarantineNumber {
            try setState(Store.quarantineNumberState, lastQuarantineNumber)
            keptQuarantineNumber = lastQuarantineNumber
        }
        FaultPoint.reach("commit.begun")
        try statements.commit.run("commit")
        FaultPoint.reach("commit.done")
        isWriting = false
        // The disk may take its time, in which the file may go.
        try expectInPlace()
    }

    private func expectInPlace() throws(StorageError) {
        guard database.hasMoved else { return }
        rollback()
        // A file that was renamed leaves its log behind, and in that what was committed last.
        try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "complete the file that was moved")
        throw StorageError(
            operation: "commit", path: path, code: StorageError.fileMoved,
            cause: "the file was removed, renamed or replaced while it was open",
            hint: "a new one is made in its place; to put another there, stop poort first")
    }

    /// Forgets everything since the last commit.
    public func rollback() {
        if database.isInTransaction { try? database.execute("ROLLBACK", operation: "roll back") }
        isWriting = false
        // The newest times may be later than what is left: that costs a look, and nothing is missed.
        unbundled.removeAll()
        // Where the file cannot be read any more, whoever opens it again finds out what is sealed.
        try? sealed.forgetAll()
        try? verdicts.forget()
        counted.forget()
        changes.forget()
    }

    /// Whether something is waiting for ``commit()``.
    public var hasUncommitted: Bool { isWriting }

    /// Shows that the file can be written, durably, by writing to it.
    public func probe(now: Timestamp) throws(StorageError) {
        try setState("probed", now.milliseconds)
        try commit()
    }

    /// A number that outlives the process; nil when it was never set.
    public func state(_ name: String) throws(StorageError) -> Int64? {
        let statement = statements.selectState
        statement.bind(1, name)
        defer { statement.reset() }
        return try statement.step("read the state") ? statement.integer(0) : nil
    }

    /// Keeps a number under a name, from the next commit on.
    public func setState(_ name: String, _ value: Int64) throws(StorageError) {
        try begin()
        let statement = statements.upsertState
        statement.bind(1, name)
        statement.bind(2, value)
        try statement.run("write the state")
    }

    /// A reader on this store's own connection: it sees what is not committed yet, and belongs to the same thread.
    public var reader: StoreReader {
        // Where that fails, so does the commit.
        try? bundleUp()
        return StoreReader(database: database)
    }

    /// As ``reader``, for what is neither a reading nor made of some: bundles are not cut short for it.
    public var withoutReadings: StoreReader { StoreReader(database: database) }

    /// The size of the database in bytes, without its write-ahead log.
    public func sizeBytes() throws(StorageError) -> Int64 {
        try (database.integer("PRAGMA page_count") ?? 0) * (database.integer("PRAGMA page_size") ?? 0)
    }
}

/// How a ``Store`` is opened and what it may hold.
public struct StoreOptions: Sendable, Hashable {
    /// A power of two, 512 to 65 536; only for a new file.
    public var pageSize: Int
    public var busyTimeoutMilliseconds: Int32
    /// How long the write-ahead log grows before its pages are copied into the file: a page that is written in many commits
    /// is copied once, and one that is given up before is copied for what it is used for then.
    public var logLimitBytes = StoreOptions.usualLogLimitBytes
    /// What the quarantine may hold, in bytes, what each row takes besides included; the oldest go first.
    public var quarantineLimitBytes: Int64
    /// What SQLite reaches the disk through, by the name under which it is registered: for tests, whose disk is a simulated
    /// one. Nil for the operating system's. Source: https://www.sqlite.org/vfs.html
    public var vfs: String?
    /// From so many readings of a series on a segment is written without waiting for more.
    var enoughForSegment = 48
    /// From so many on when no more will come: about what a segment's own bytes take as rows.
    var fewestForSegment = 6
    /// So that none takes long to read and to write anew.
    var mostInSegment = 8192
    /// Of rows that are to be sealed: four megabytes.
    var rowsInMemory = 131_072
    /// How many readings of segments are written anew in one portion of sealing, about: half a second's work.
    var mostWrittenAnew = 1_000_000

    public static let usualLogLimitBytes: Int64 = 32 << 20

    public init(
        pageSize: Int = 1024, busyTimeoutMilliseconds: Int32 = 2000, quarantineLimitBytes: Int64 = 64 << 20,
        vfs: String? = nil
    ) {
        self.pageSize = pageSize
        self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
        self.quarantineLimitBytes = quarantineLimitBytes
        self.vfs = vfs
    }
}
