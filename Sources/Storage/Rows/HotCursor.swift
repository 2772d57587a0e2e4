import CSQLite
import Telemetry

/// Passes over the readings that are not sealed, in rows and in bundles, in the order of time and series or against it.
/// Also over those of files that are older than the table `hot`.
///
/// To be opened as often as needed; one that was not read to its end is to be closed.
final class HotCursor {
    private let database: Database
    /// Nil for a file of schema version 3 or before, whose table `readings` has all columns.
    private let verdicts: Verdicts?
    private let select: Statement
    private let bundles: BundleCursor?
    private let isNewestFirst: Bool
    private var hasRow = false
    private var left = 0

    /// - Parameter series: nil for all.
    init(
        _ database: Database, verdicts: Verdicts?, of series: [SeriesID]?, newestFirst: Bool
    ) throws(StorageError) {
        self.database = database
        self.verdicts = verdicts
        isNewestFirst = newestFirst
        let direction = newestFirst ? "DESC" : ""
        // Numbers are safe in the text of a statement.
        let list = series?.map { String($0) }.joined(separator: ",")
        if verdicts == nil {
            bundles = nil
            select = try database.prepare(
                """
                SELECT series, time, value, flag, tests FROM main.readings WHERE time >= ?1 AND time < ?2
                \(list.map { "AND series IN (\($0))" } ?? "") ORDER BY time \(direction), series \(direction)
                """)
        } else {
            bundles = try BundleCursor(database, of: series, newestFirst: newestFirst)
            select = try database.prepare(
                """
                SELECT \(HotRow.columns) FROM main.hot WHERE id BETWEEN ?1 AND ?2
                \(list.map { "AND id & \(HotRow.greatestSeries) IN (\($0))" } ?? "") ORDER BY id \(direction)
                """)
        }
    }

    /// - Parameter limit: how many readings are given at most.
    func open(_ range: Range<Timestamp>, limit: Int = .max) throws(StorageError) {
        close()
        left = limit
        if verdicts == nil {
            select.bind(1, range.lowerBound)
            select.bind(2, range.upperBound)
        } else {
            guard let ids = HotRow.ids(range) else { return }
            select.bind(1, ids.lowerBound)
            select.bind(2, ids.upperBound)
        }
        hasRow = try select.step("read readings")
        try bundles?.open(range)
    }

    /// The time of what comes first of a stretch of time. Passes over the readings of other series before it.
    func firstTime(in range: Range<Timestamp>) throws(StorageError) -> Timestamp? {
        try open(range, limit: 1)
        defer { close() }
        return try next()?.reading.time
    }

    func close() {
        select.reset()
        hasRow = false
        bundles?.close()
    }

    /// - Returns: nil at the end, which closes it.
    func next() throws(StorageError) -> (series: SeriesID, reading: SealedReading)? {
        guard left > 0 else {
            close()
            return nil
        }
        left -= 1
        let bundled = try bundles?.peek()
        guard hasRow else {
            guard let bundled else { return nil }
            return try take(bundled)
        }
        if let bundled, isNewestFirst ? bundled.id > select.integer(0) : bundled.id < select.integer(0) {
            return try take(bundled)
        }
        let row = try row()
        hasRow = try select.step("read readings")
        if !hasRow { select.reset() }
        return row
    }

    private func take(_ bundled: BundledReading) throws(StorageError) -> (series: SeriesID, reading: SealedReading) {
        bundles?.take()
        return (bundled.series, try bundled.reading(verdicts, database))
    }

    private func row() throws(StorageError) -> (series: SeriesID, reading: SealedReading) {
        guard let verdicts else { return (SeriesID(select.integer(0)), select.sealedReading(1)) }
        return try select.hotReading(verdicts, of: database)
    }
}

extension BundledReading {
    /// - Throws: where it has a code that is never written: the file is damaged.
    func reading(_ verdicts: Verdicts?, _ database: Database) throws(StorageError) -> SealedReading {
        guard isPlausible, let verdict = try verdicts?.verdict(self.verdict) else {
            throw StorageError(
                operation: "read a reading", path: database.path, code: SQLITE_CORRUPT,
                cause: "a reading of series \(series) in the table `bundles` has a code that does not exist")
        }
        return SealedReading(time: time, value: value, flag: verdict.flag, tests: verdict.tests)
    }
}

extension Statement {
    /// Reads ``HotRow/columns``.
    func hotReading(
        _ verdicts: Verdicts, of database: Database
    ) throws(StorageError) -> (series: SeriesID, reading: SealedReading) {
        let id = integer(0)
        guard let (value, number) = HotRow.read(self, 1) else {
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

    /// Reads `time, value, flag, tests` from a column on.
    fileprivate func sealedReading(_ column: Int32) -> SealedReading {
        SealedReading(
            time: timestamp(column), value: double(column + 1),
            flag: QualityFlag(rawValue: UInt8(truncatingIfNeeded: integer(column + 2))) ?? .unknown,
            tests: QualityTests(bits: integer(column + 3)))
    }
}
