import CSQLite
import Telemetry

/// A segment as it stands in the file, without its bytes.
struct StoredSegment: Hashable {
    var id: SegmentID
    var firstTime: Timestamp
    var lastTime: Timestamp
    var count: Int

    var series: SeriesID { id.series }

    static let columns = "id, first_time, last_time, count"

    /// Reads a row of ``columns``.
    init(_ row: Statement) {
        id = SegmentID(rawValue: row.integer(0))
        firstTime = row.timestamp(1)
        lastTime = row.timestamp(2)
        count = Int(row.integer(3))
    }

    func overlaps(_ range: Range<Timestamp>) -> Bool {
        firstTime < range.upperBound && range.lowerBound <= lastTime && !range.isEmpty
    }

    /// Longer than this no segment is, from the first to the last time, in milliseconds: who looks for the readings of an
    /// hour looks for segments that begin in it or in the day before.
    static let greatestSpan: Int64 = 24 * SegmentID.hourMilliseconds
    static let greatestSpanHours: Int64 = 24
}

/// The segments of the file, by their keys. Borrows the connection; the same thread.
struct SegmentShelf {
    private let database: Database
    private let select: Statement
    private let selectData: Statement

    init(_ database: Database) throws(StorageError) {
        self.database = database
        select = try database.prepare(
            "SELECT \(StoredSegment.columns) FROM segments WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
        selectData = try database.prepare("SELECT data FROM segments WHERE id = ?1")
    }

    /// Visits those that begin in some hours, of one series or of all, by hour and series.
    func visit(
        hours: ClosedRange<Int64>, of series: SeriesID?, _ visit: (StoredSegment) -> Void
    ) throws(StorageError) {
        if let series {
            for hour in hours { try self.visit(SegmentID.range(hour: hour, series: series), visit) }
        } else {
            try self.visit(SegmentID.range(hours: hours), visit)
        }
    }

    private func visit(_ ids: ClosedRange<Int64>, _ visit: (StoredSegment) -> Void) throws(StorageError) {
        select.bind(1, ids.lowerBound)
        select.bind(2, ids.upperBound)
        defer { select.reset() }
        while try select.step("look for segments") { visit(StoredSegment(select)) }
    }

    /// Those of one series that may hold readings of a stretch of time, in the order of time.
    func segments(of series: SeriesID, in range: Range<Timestamp>) throws(StorageError) -> [StoredSegment] {
        var found: [StoredSegment] = []
        let hours = SegmentShelf.hours(of: range)
        try visit(hours: hours, of: series) { if $0.overlaps(range) { found.append($0) } }
        // Those that begin in one hour may have been numbered in another order.
        return found.sorted { $0.firstTime < $1.firstTime }
    }

    /// In which segments begin that may hold readings of a stretch of time.
    static func hours(of range: Range<Timestamp>) -> ClosedRange<Int64> {
        let first = SegmentID.hour(of: range.lowerBound)
        return max(0, first - StoredSegment.greatestSpanHours)...max(first, SegmentID.hour(of: range.upperBound - 1))
    }

    /// The readings of a segment within a stretch of time, in the order of time.
    /// - Throws: ``StorageError`` of code `SQLITE_CORRUPT` where it is damaged: nothing of it counts then.
    func visitReadings(
        of segment: StoredSegment, in range: Range<Timestamp>, _ visit: (SealedReading) -> Void
    ) throws(StorageError) {
        selectData.bind(1, segment.id.rawValue)
        defer { selectData.reset() }
        guard try selectData.step("read a segment") else { return }
        // All of it before any is handed out: a reading of a damaged segment may be wrong.
        var readings: [SealedReading] = []
        do throws(SegmentError) {
            try selectData.withBlob(0) { bytes throws(SegmentError) in
                var reader = try SegmentReader(bytes)
                guard reader.header.series == segment.series else { throw .damaged(.header) }
                readings.reserveCapacity(reader.header.count)
                while let reading = try reader.next() {
                    if reading.time >= range.upperBound { break }
                    if reading.time >= range.lowerBound { readings.append(reading) }
                }
            }
        } catch {
            throw damage(segment, error)
        }
        for reading in readings { visit(reading) }
    }

    private func damage(_ segment: StoredSegment, _ error: SegmentError) -> StorageError {
        StorageError(
            operation: "read segment \(segment.id.rawValue) (series \(segment.series), from \(segment.firstTime))",
            path: database.path, code: SQLITE_CORRUPT, cause: "\(error)")
    }
}
