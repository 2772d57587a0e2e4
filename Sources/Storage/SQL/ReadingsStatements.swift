import Telemetry

/// The statements that one scan of the table `readings` needs, prepared once and used again by the next.
final class ReadingsStatements {
    /// Of a range of numbers; the data come last, so that pages of it are read only where it is asked for.
    let segments: Statement
    let segment: Statement
    let nextSegment: Statement
    let previousSegment: Statement
    let hotReadings: Statement
    let hotReadingsDescending: Statement
    let nextHotTime: Statement
    let previousHotTime: Statement

    /// - Parameter schemaVersion: of the file, which may have no segments yet.
    init(_ database: Database, schemaVersion: Int64) throws(StorageError) {
        // Older files have their rows under another name, and what stands in for the segments has none.
        let hot = schemaVersion < 4 ? "main.readings" : "main.hot_readings"
        let sealed =
            schemaVersion < 4
            ? "(SELECT 0 AS id, 0 AS series, 0 AS first_time, 0 AS last_time, 0 AS count, x'' AS data LIMIT 0)"
            : "main.segments"
        segments = try database.prepare(
            "SELECT id, series, first_time, last_time, count, data FROM \(sealed) WHERE id >= ?1 AND id <= ?2 ORDER BY id"
        )
        segment = try database.prepare("SELECT data FROM \(sealed) WHERE id = ?1")
        nextSegment = try database.prepare("SELECT id FROM \(sealed) WHERE id >= ?1 ORDER BY id LIMIT 1")
        previousSegment = try database.prepare("SELECT id FROM \(sealed) WHERE id < ?1 ORDER BY id DESC LIMIT 1")
        let rows = "SELECT time, series, value, flag, tests FROM \(hot) WHERE time >= ?1 AND time <= ?2"
        hotReadings = try database.prepare("\(rows) ORDER BY time, series")
        hotReadingsDescending = try database.prepare("\(rows) ORDER BY time DESC, series DESC")
        nextHotTime = try database.prepare("SELECT time FROM \(hot) WHERE time >= ?1 ORDER BY time LIMIT 1")
        previousHotTime = try database.prepare("SELECT time FROM \(hot) WHERE time <= ?1 ORDER BY time DESC LIMIT 1")
    }

    func reset() {
        for statement in [
            segments, segment, nextSegment, previousSegment, hotReadings, hotReadingsDescending, nextHotTime,
            previousHotTime,
        ] { statement.reset() }
    }
}

extension ReadingsRow {
    /// Reads `time, series, value, flag, tests`.
    init(hot row: Statement) {
        self.init(
            time: row.integer(0), value: row.double(2), tests: row.integer(4),
            series: SeriesID(truncatingIfNeeded: row.integer(1)), flag: UInt8(truncatingIfNeeded: row.integer(3)))
    }
}

/// A segment by what its row says of it.
struct SegmentRow {
    var id: Int64
    var series: SeriesID
    var firstTime: Int64
    var lastTime: Int64
    var count: Int64

    /// Reads `id, series, first_time, last_time, count`.
    init(_ row: Statement) {
        id = row.integer(0)
        series = SeriesID(truncatingIfNeeded: row.integer(1))
        (firstTime, lastTime, count) = (row.integer(2), row.integer(3), row.integer(4))
    }

    /// Whether it is, or should be, of a series that is asked for.
    func concerns(_ request: ReadingsRequest) -> Bool {
        request.holds(series) || request.holds(SegmentID(rawValue: id).series)
    }

    /// Whether its number, its series and its times fit together: whoever looks for a reading relies on that.
    var isPlausible: Bool {
        let (first, last) = (Timestamp(milliseconds: firstTime), Timestamp(milliseconds: lastTime))
        return SegmentID(rawValue: id).series == series && SegmentID.times.contains(first)
            && SegmentID(rawValue: id).hour == SegmentID.hour(of: first)
            && last >= first && last - first <= StoredSegment.greatestSpan
    }

    /// Whether the segment itself says the same.
    func agrees(with header: SegmentHeader) -> Bool {
        header.series == series && Int64(header.count) == count
            && header.firstTime.milliseconds == firstTime && header.lastTime.milliseconds == lastTime
    }
}
