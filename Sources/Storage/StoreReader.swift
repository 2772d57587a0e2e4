import CSQLite
import Glibc
public import Telemetry

/// The SQLite file, open for reading only: for the command line, with the daemon running or not.
///
/// One thread. Each call sees what was committed when it began.
public final class StoreReader {
    let database: Database
    /// Of the file, which the daemon may not have brought up to date yet.
    let schemaVersion: Int64
    private(set) var damage: [SegmentID: (segment: StoredSegment, error: StorageError)] = [:]
    /// Opens the file, with a writer at work on it or not.
    /// - Throws: when it cannot be read, is not Poort's, or is from a newer Poort.
    public init(path: String) throws(StorageError) {
        (database, schemaVersion) = try StoreReader.opened(path)
    }

    static func opened(_ path: String) throws(StorageError) -> (Database, schemaVersion: Int64) {
        do throws(StorageError) {
            let database = try Database(path: path, mode: .readOnly, busyTimeoutMilliseconds: 2000)
            return (database, try Schema.check(database))
        } catch {
            // A member of the group may read the file and not write beside it. While a log is there, somebody writes.
            let isKeptFromLog = error.code & 0xFF == SQLITE_CANTOPEN || error.code & 0xFF == SQLITE_READONLY
            guard isKeptFromLog, access(path, R_OK) == 0, access(path + "-wal", F_OK) != 0 else {
                throw explained(error, path: path)
            }
            let database = try Database(path: path, mode: .immutable, busyTimeoutMilliseconds: 0)
            return (database, try Schema.check(database))
        }
    }

    /// SQLite says of a file that is not there and of one that may not be read the same.
    private static func explained(_ error: StorageError, path: String) -> StorageError {
        guard error.code & 0xFF == SQLITE_CANTOPEN, access(path, R_OK) != 0 else { return error }
        var explained = error
        explained.cause = String(cString: strerror(errno))
        switch errno {
        case EACCES:
            explained.hint =
                "your user may not read it: add it to the group poort (sudo usermod -aG poort NAME, then log in anew), or use sudo"
        case ENOENT:
            explained.hint =
                "poort makes it when it first runs: has it run with this configuration? --config or --database names another"
        default: explained.hint = "is [storage] path right?"
        }
        return explained
    }

    init(database: Database) {
        self.database = database
        schemaVersion = Schema.currentVersion
    }

    /// How much of the file is kept in memory meanwhile; SQLite's own is 2 MB.
    public func limitCache(kibibytes: Int) throws(StorageError) {
        try database.execute("PRAGMA cache_size = -\(kibibytes)", operation: "limit the cache")
    }

    /// Lets all that `read` asks of this reader be of one moment, while the daemon goes on writing.
    public func atOneMoment<Value>(_ read: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try database.execute("BEGIN", operation: "begin to read")
        defer { try? database.execute("COMMIT", operation: "end reading") }
        return try read()
    }

    /// As ``atOneMoment(_:)``, unless a transaction is under way: what is a row in one statement may be sealed in the next.
    func inOneTransaction<Value>(_ read: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        database.isInTransaction ? try read() : try atOneMoment(read)
    }

    /// Every source's account, ordered by source.
    public func ledger() throws(StorageError) -> [SourceLedger] { try LedgerEntry.read(database) }

    /// How many readings and quarantined messages the file holds, and how many were removed from it by rule.
    /// Counts rows: takes a second for each few million readings.
    public func holdings() throws(StorageError) -> Holdings {
        return Holdings(
            readings: try HotRows(database, schemaVersion: schemaVersion).count() + sealedCount(),
            undated: schemaVersion < 3 ? 0 : Int(try database.integer("SELECT count(*) FROM undated") ?? 0),
            removals: try removals(),
            lostReadings: try lostReadings(),
            quarantined: Int(try database.integer("SELECT count(*) FROM quarantine") ?? 0),
            removedQuarantined: Int(
                try database.integer(
                    "SELECT sum(count) FROM ledger WHERE counted = 'removed' AND outcome IN ('quarantined', 'dropped')")
                    ?? 0))
    }

    /// What could not be read so far since it is damaged, the earliest first.
    public var damageErrors: [StorageError] {
        damage.values.sorted { $0.segment.firstTime < $1.segment.firstTime }.map(\.error)
    }

    private func sealedCount() throws(StorageError) -> Int {
        schemaVersion < 4 ? 0 : Int(try database.integer("SELECT sum(count) FROM segments") ?? 0)
    }

    /// Readings and messages in the file, and those that were removed from it by rule or with what was damaged.
    public struct Holdings: Hashable, Sendable {
        public var readings: Int
        /// Stored as well, and to be dated once the gateway's clock is right.
        public var undated: Int
        public var removals: Removals
        /// With a damaged file.
        public var lostReadings: Int
        public var quarantined: Int
        public var removedQuarantined: Int

        public var removedReadings: Int { removals.readingCount }
    }

    /// A number that the writer keeps under a name; nil when it was never set.
    public func state(_ name: String) throws(StorageError) -> Int64? {
        let select = try database.prepare("SELECT value FROM state WHERE name = ?1")
        select.bind(1, name)
        return try select.step("read the state") ? select.integer(0) : nil
    }

    /// All series, ordered by device and quantity.
    public func series() throws(StorageError) -> [SeriesRow] {
        let rules = ["required_coverage", "counter_bits", "counter_rate", "lateness"].map {
            schemaVersion < 3 ? "NULL" : $0
        }
        let places = ["site", "neighbourhood"].map { schemaVersion < 3 ? "''" : $0 }
        let select = try database.prepare(
            """
            SELECT id, device, quantity, unit, kind, device_type, interval, first_time,
                \((rules + places).joined(separator: ", "))
            FROM series ORDER BY device, quantity
            """)
        var rows: [SeriesRow] = []
        while try select.step("read the series") {
            let width = select.optionalDouble(10).flatMap {
                CounterWidth(bits: Int(select.integer(9)), maximumPerSecond: $0)
            }
            rows.append(
                SeriesRow(
                    id: SeriesID(select.integer(0)), device: select.text(1), quantity: select.text(2),
                    unit: select.text(3), kind: Quantity.Kind(rawValue: select.text(4)) ?? .gauge,
                    deviceType: select.text(5), intervalMilliseconds: select.isNull(6) ? nil : select.integer(6),
                    firstTime: select.isNull(7) ? nil : select.timestamp(7),
                    requiredCoverage: select.optionalDouble(8) ?? Aggregate.requiredCoverage, counterWidth: width,
                    latenessMilliseconds: select.integer(11), site: select.text(12), neighbourhood: select.text(13)))
        }
        return rows
    }

    /// A series as it stands in the file.
    public struct SeriesRow: Hashable, Sendable {
        public var id: SeriesID
        public var device: String
        public var quantity: String
        public var unit: String
        public var kind: Quantity.Kind
        public var deviceType: String
        /// The expected time between readings, where the configuration told.
        public var intervalMilliseconds: Int64?
        /// Of its earliest reading, if it has any.
        public var firstTime: Timestamp?
        /// The share of expected readings from which on a window is valid, 0 to 1.
        public var requiredCoverage: Double
        /// For counters that wrap.
        public var counterWidth: CounterWidth?
        /// How much longer than others its windows may wait before they are computed; 0 where nothing is configured.
        public var latenessMilliseconds: Int64
        /// Empty where nothing is configured, like the next.
        public var site: String
        public var neighbourhood: String

        /// Up to when its windows are computed.
        /// - Parameter closed: up to when those of all others are.
        public func closedUntil(_ closed: Timestamp) -> Timestamp { closed - latenessMilliseconds }

        /// How its readings become aggregates.
        public var rules: AggregationRules {
            AggregationRules(
                kind: kind, requiredCoverage: requiredCoverage, intervalMilliseconds: intervalMilliseconds,
                counterWidth: counterWidth)
        }
    }

    /// A reading as it stands in the file.
    public struct ReadingRow: Hashable, Sendable {
        public var series: SeriesID
        public var time: Timestamp
        public var value: Double
        public var flag: QualityFlag
        public var tests: QualityTests

        init(series: SeriesID, time: Timestamp, value: Double, flag: QualityFlag, tests: QualityTests) {
            self.series = series
            self.time = time
            self.value = value
            self.flag = flag
            self.tests = tests
        }

        init(_ row: ReadingSweep.StoredReading) {
            self.init(
                series: row.series, time: row.reading.time, value: row.reading.value, flag: row.reading.flag,
                tests: row.reading.tests)
        }
    }

    /// Visits the readings of a stretch of time, rows and sealed ones, ordered by time and series; stops when `visit` says
    /// false. Readings of damaged segments are missing: see ``damageErrors``.
    /// - Parameter series: nil for all.
    public func readings(
        in range: Range<Timestamp>, of series: [SeriesID]? = nil, newestFirst: Bool = false,
        visit: (ReadingRow) -> Bool
    ) throws(StorageError) {
        try inOneTransaction { () throws(StorageError) in
            var sweep = try ReadingSweep(
                database, hot: try HotRows(database, schemaVersion: schemaVersion), hasSegments: schemaVersion >= 4,
                in: range, of: series, newestFirst: newestFirst)
            while try sweep.next() {
                for row in sweep.rows where !visit(ReadingRow(row)) { return note(sweep.damage) }
            }
            note(sweep.damage)
        }
    }

    func note(_ found: [SegmentID: (segment: StoredSegment, error: StorageError)]) {
        damage.merge(found) { first, _ in first }
    }

    /// Visits a tier's aggregates whose windows begin within a range, ordered by start; stops when `visit` says false.
    /// - Parameter series: one series' only.
    public func aggregates(
        _ tier: Tier, in range: Range<Timestamp>, series: SeriesID? = nil, visit: (StoredAggregate) -> Bool
    ) throws(StorageError) {
        let cursor = try aggregateRows.selectFew(tier, in: range, of: series)
        while try cursor.step("read aggregates") {
            if !visit(cursor.read()) { return }
        }
    }

    var aggregateRows: AggregateRows { AggregateRows(database, schemaVersion: schemaVersion) }

    /// The size of the database in bytes, without its write-ahead log.
    public func sizeBytes() throws(StorageError) -> Int64 {
        try (database.integer("PRAGMA page_count") ?? 0) * (database.integer("PRAGMA page_size") ?? 0)
    }
}
