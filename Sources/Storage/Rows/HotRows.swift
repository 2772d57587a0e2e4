import CSQLite
import Telemetry

/// The readings that are rows, for those who pass over them. Also of files that are older than the table `hot`.
struct HotRows {
    private let database: Database
    /// Nil for a file of schema version 3 or before, whose table `readings` has all columns.
    private let verdicts: Verdicts?

    init(_ database: Database, verdicts: Verdicts?) {
        self.database = database
        self.verdicts = verdicts
    }

    /// - Parameter schemaVersion: of the file.
    init(_ database: Database, schemaVersion: Int64) throws(StorageError) {
        self.init(database, verdicts: schemaVersion < 4 ? nil : try Verdicts(database))
    }

    /// Rows of a stretch of time, to be bound with ``bind(_:to:)`` and read with ``read(_:)``; the third parameter is a limit.
    /// - Parameter series: nil for all.
    func select(of series: [SeriesID]?, newestFirst: Bool) throws(StorageError) -> Statement {
        let direction = newestFirst ? "DESC" : ""
        guard verdicts != nil else {
            return try database.prepare(
                """
                SELECT series, time, value, flag, tests FROM main.readings WHERE time >= ?1 AND time < ?2 \(condition(series))
                ORDER BY time \(direction), series \(direction) LIMIT ?3
                """)
        }
        return try database.prepare(
            """
            SELECT \(HotRow.columns) FROM main.hot WHERE id BETWEEN ?1 AND ?2 \(condition(series)) ORDER BY id \(direction)
            LIMIT ?3
            """)
    }

    /// - Returns: false where no row can be of that time.
    func bind(_ range: Range<Timestamp>, to statement: Statement) -> Bool {
        guard verdicts != nil else {
            statement.bind(1, range.lowerBound)
            statement.bind(2, range.upperBound)
            return true
        }
        guard let ids = HotRow.ids(range) else { return false }
        statement.bind(1, ids.lowerBound)
        statement.bind(2, ids.upperBound)
        return true
    }

    func read(_ row: Statement) throws(StorageError) -> (series: SeriesID, reading: SealedReading) {
        guard let verdicts else { return (SeriesID(row.integer(0)), row.sealedReading(1)) }
        let id = row.integer(0)
        guard let (value, number) = HotRow.read(row, 1) else {
            throw StorageError(
                operation: "read a reading", path: database.path, code: SQLITE_CORRUPT,
                cause: "row \(id) of the table `hot` has a code that does not exist")
        }
        let verdict = try verdicts.verdict(number)
        return (
            HotRow.series(id),
            SealedReading(time: HotRow.time(id), value: value, flag: verdict.flag, tests: verdict.tests)
        )
    }

    /// The first row of a stretch of time. Passes over the rows of other series before it.
    func first(in range: Range<Timestamp>, of series: [SeriesID]?) throws(StorageError) -> Timestamp? {
        try end(of: range, of: series, direction: "")
    }

    /// The last row of a stretch of time. Passes over the rows of other series behind it.
    func last(in range: Range<Timestamp>, of series: [SeriesID]?) throws(StorageError) -> Timestamp? {
        try end(of: range, of: series, direction: "DESC")
    }

    private func end(
        of range: Range<Timestamp>, of series: [SeriesID]?, direction: String
    ) throws(StorageError) -> Timestamp? {
        guard verdicts != nil else {
            return try database.integer(
                """
                SELECT time FROM main.readings WHERE time >= \(range.lowerBound.milliseconds)
                AND time < \(range.upperBound.milliseconds) \(condition(series)) ORDER BY time \(direction) LIMIT 1
                """
            ).map(Timestamp.init(milliseconds:))
        }
        guard let ids = HotRow.ids(range) else { return nil }
        return try database.integer(
            """
            SELECT id FROM main.hot WHERE id BETWEEN \(ids.lowerBound) AND \(ids.upperBound) \(condition(series))
            ORDER BY id \(direction) LIMIT 1
            """
        ).map(HotRow.time)
    }

    func count() throws(StorageError) -> Int {
        Int(try database.integer("SELECT count(*) FROM \(verdicts == nil ? "main.readings" : "main.hot")") ?? 0)
    }

    /// Numbers are safe in the text of a statement.
    private func condition(_ series: [SeriesID]?) -> String {
        guard let series else { return "" }
        let list = series.map { String($0) }.joined(separator: ",")
        return verdicts == nil ? "AND series IN (\(list))" : "AND id & \(HotRow.greatestSeries) IN (\(list))"
    }
}

extension Statement {
    /// Reads `time, value, flag, tests` from a column on.
    fileprivate func sealedReading(_ column: Int32) -> SealedReading {
        SealedReading(
            time: timestamp(column), value: double(column + 1),
            flag: QualityFlag(rawValue: UInt8(truncatingIfNeeded: integer(column + 2))) ?? .unknown,
            tests: QualityTests(bits: integer(column + 3)))
    }
}
