import Gateway
import Storage
import Telemetry

/// The street's readings in a plain table, keyed by series and time, with SQLite's own page size and checkpoints.
struct PlainStreet {
    let path: String
    let pacedHours: Int64
    /// What was stored with commits as the gateway's.
    private(set) var paced = Written(readings: 0, bytes: nil)
    /// Of the table's pages, with all readings in it.
    private(set) var bytesPerReading = 0.0

    struct Written {
        var readings: Int
        /// To the disk, the last checkpoint included; nil where the kernel does not count.
        var bytes: Int64?
    }

    static let table = """
        CREATE TABLE plain(series INTEGER, time INTEGER, value REAL, flag INTEGER, tests INTEGER,
        PRIMARY KEY(series, time)) WITHOUT ROWID
        """
    static let insert = "INSERT INTO plain VALUES(?1, ?2, ?3, ?4, ?5)"

    /// Takes a database's readings in the order of their time.
    /// - Parameter pacedHours: are committed as often as the gateway does; the rest in one go, and without waiting for
    ///   the disk.
    init(path: String, from database: String, pacedHours: Int64, progress: ProgressLine) throws {
        self.path = path
        self.pacedHours = pacedHours
        let reader = try StoreReader(path: database)
        let end = StreetDay.start + pacedHours * StreetDay.hour
        let before = ProcessWrites.bytes()
        paced.readings = try fill(
            from: reader, in: .distantPast..<end, commitMilliseconds: StreetDay.commitMilliseconds
        ) {
            progress.show("a plain table: minute \(($0 - StreetDay.start) / 60_000) of \(pacedHours * 60)")
        }
        paced.bytes = ProcessWrites.bytes().flatMap { after in before.map { after - $0 } }
        let others = try fill(from: reader, in: end ..< .distantFuture, commitMilliseconds: nil) {
            progress.show("a plain table: hour \(($0 - StreetDay.start) / StreetDay.hour + 1)")
        }
        let count = paced.readings + others
        bytesPerReading = Double(try PlainConnection(path: path).bytes(of: "plain")) / Double(max(1, count))
    }

    /// - Returns: how many readings there were.
    private func fill(
        from reader: StoreReader, in range: Range<Timestamp>, commitMilliseconds: Int64?,
        progress: (Timestamp) -> Void
    ) throws -> Int {
        let connection = try PlainConnection(path: path)
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        if try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            try connection.execute(PlainStreet.table)
        }
        if commitMilliseconds == nil { try connection.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536") }
        let insert = try connection.prepare(PlainStreet.insert)
        var count = 0
        var nextCommit = StreetDay.start + (commitMilliseconds ?? .max / 2)
        var failure: (any Error)?
        try connection.execute("BEGIN")
        try reader.readings(in: range) { row in
            do {
                if row.time >= nextCommit {
                    try connection.execute("COMMIT; BEGIN")
                    nextCommit = row.time + (commitMilliseconds ?? 0)
                }
                progress(row.time)
                try insert.run(row)
                count += 1
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        try connection.execute("COMMIT")
        return count
    }
}

extension PlainStatement {
    /// For ``PlainStreet/insert``.
    fileprivate func run(_ row: StoreReader.ReadingRow) throws {
        bind(1, Int64(row.series))
        bind(2, row.time.milliseconds)
        bind(3, row.value)
        bind(4, Int64(row.flag.rawValue))
        bind(5, row.tests.bits)
        try run()
    }
}
