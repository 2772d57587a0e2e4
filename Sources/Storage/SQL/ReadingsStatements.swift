import Telemetry

/// The statements that one scan of the table `readings` needs, prepared once and used again by the next.
final class ReadingsStatements {
    /// Of a range of numbers; the data come last, so that pages of it are read only where it is asked for.
    let segments: Statement
    let segment: Statement
    let nextSegment: Statement
    let previousSegment: Statement
    let hotReadings: HotCursor
    let hotReadingsDescending: HotCursor

    /// - Parameter schemaVersion: of the file, which may have no segments yet.
    init(_ database: Database, schemaVersion: Int64) throws(StorageError) {
        // What stands in for the segments of older files has none.
        let sealed =
            schemaVersion < 4
            ? "(SELECT 0 AS id, 0 AS series, 0 AS first_time, 0 AS last_time, 0 AS count, x'' AS data LIMIT 0)"
            : "main.segments"
        segments = try database.prepare(
            "SELECT \(StoredSegment.columns), data FROM \(sealed) WHERE id >= ?1 AND id <= ?2 ORDER BY id"
        )
        segment = try database.prepare("SELECT data FROM \(sealed) WHERE id = ?1")
        nextSegment = try database.prepare("SELECT id FROM \(sealed) WHERE id >= ?1 ORDER BY id LIMIT 1")
        previousSegment = try database.prepare("SELECT id FROM \(sealed) WHERE id < ?1 ORDER BY id DESC LIMIT 1")
        let hot = try HotRows(database, schemaVersion: schemaVersion)
        hotReadings = try hot.cursor(of: nil)
        hotReadingsDescending = try hot.cursor(of: nil, newestFirst: true)
    }

    /// - Returns: false where no reading can be of those times.
    func open(_ cursor: HotCursor, first: Int64, last: Int64) throws(StorageError) -> Bool {
        let times = HotRow.times
        let lower = max(first, times.lowerBound.milliseconds)
        let upper = min(last, times.upperBound.milliseconds - 1)
        guard lower <= upper else { return false }
        try cursor.open(Timestamp(milliseconds: lower)..<Timestamp(milliseconds: upper + 1))
        return true
    }

    func nextHotTime(from time: Int64) throws(StorageError) -> Int64? {
        guard time < HotRow.times.upperBound.milliseconds else { return nil }
        let first = Timestamp(milliseconds: max(time, HotRow.times.lowerBound.milliseconds))
        return try hotReadings.firstTime(in: first ..< .distantFuture)?.milliseconds
    }

    func previousHotTime(through time: Int64) throws(StorageError) -> Int64? {
        guard time >= HotRow.times.lowerBound.milliseconds else { return nil }
        let last = Timestamp(milliseconds: min(time, HotRow.times.upperBound.milliseconds - 1))
        return try hotReadingsDescending.firstTime(in: .distantPast..<(last + 1))?.milliseconds
    }

    func reset() {
        for statement in [segments, segment, nextSegment, previousSegment] { statement.reset() }
        for cursor in [hotReadings, hotReadingsDescending] { cursor.close() }
    }
}

extension ReadingsRow {
    init(_ series: SeriesID, _ reading: SealedReading) {
        self.init(
            time: reading.time.milliseconds, value: reading.value, tests: reading.tests.bits, series: series,
            flag: reading.flag.rawValue)
    }
}

extension StoredSegment {
    /// Whether it is, or should be, of a series that is asked for.
    func concerns(_ request: ReadingsRequest) -> Bool { request.holds(series) || request.holds(id.series) }
}
