import CSQLite
import Telemetry

/// A segment as it stands in the file, without its bytes.
struct StoredSegment: Hashable {
    var id: SegmentID
    /// As the row says; the number says it as well.
    var series: SeriesID
    var firstTime: Timestamp
    var lastTime: Timestamp
    var count: Int

    static let columns = "id, series, first_time, last_time, count"

    /// Reads a row of ``columns``.
    init(_ row: Statement) {
        id = SegmentID(rawValue: row.integer(0))
        series = SeriesID(truncatingIfNeeded: row.integer(1))
        firstTime = row.timestamp(2)
        lastTime = row.timestamp(3)
        count = Int(row.integer(4))
    }

    /// Whether its number, its series and its times fit together: whoever looks for a reading relies on that.
    var isPlausible: Bool {
        id.series == series && SegmentID.times.contains(firstTime) && id.hour == SegmentID.hour(of: firstTime)
            && lastTime >= firstTime && lastTime <= firstTime + StoredSegment.greatestSpan
    }

    /// Whether the segment itself says the same.
    func agrees(with header: SegmentHeader) -> Bool {
        header.series == series && header.count == count && header.firstTime == firstTime && header.lastTime == lastTime
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

    /// Those of one series that may hold readings of a stretch of time, in the order of time; and any whose row makes no
    /// sense, which ``visitReadings(of:in:_:)`` finds damaged.
    func segments(of series: SeriesID, in range: Range<Timestamp>) throws(StorageError) -> [StoredSegment] {
        var found: [StoredSegment] = []
        let hours = SegmentShelf.hours(of: range)
        try visit(hours: hours, of: series) {
            if $0.overlaps(range) || !$0.isPlausible { found.append($0) }
        }
        // Those that begin in one hour may have been numbered in another order.
        return found.sorted { $0.firstTime < $1.firstTime }
    }

    /// The first hour of some, or the last, in which a segment of some series begins: looked for hour by hour, since those of
    /// one series lie far apart.
    func hour(
        in hours: ClosedRange<Int64>, of series: [SeriesID], newestFirst: Bool
    ) throws(StorageError) -> Int64? {
        var left = hours
        // Hours in which nobody has any are jumped over.
        while let next = try hour(in: left, newestFirst: newestFirst) {
            let end = newestFirst ? max(left.lowerBound, next - 23) : min(left.upperBound, next + 23)
            for hour in stride(from: next, through: end, by: newestFirst ? -1 : 1) {
                for id in series where try hasSegment(of: id, in: hour) { return hour }
            }
            guard end != (newestFirst ? left.lowerBound : left.upperBound) else { return nil }
            left = newestFirst ? left.lowerBound...(end - 1) : (end + 1)...left.upperBound
        }
        return nil
    }

    private func hasSegment(of series: SeriesID, in hour: Int64) throws(StorageError) -> Bool {
        let ids = SegmentID.range(hour: hour, series: series)
        select.bind(1, ids.lowerBound)
        select.bind(2, ids.upperBound)
        defer { select.reset() }
        return try select.step("look for segments")
    }

    /// The first hour of some, or the last, in which any segment begins.
    func hour(in hours: ClosedRange<Int64>, newestFirst: Bool) throws(StorageError) -> Int64? {
        let ids = SegmentID.range(hours: hours)
        let end = newestFirst ? "max" : "min"
        return try database.integer(
            "SELECT \(end)(id) FROM segments WHERE id BETWEEN \(ids.lowerBound) AND \(ids.upperBound)"
        ).map { SegmentID(rawValue: $0).hour }
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
        guard segment.isPlausible else { throw damage(segment, .damaged(.otherRow)) }
        selectData.bind(1, segment.id.rawValue)
        defer { selectData.reset() }
        guard try selectData.step("read a segment") else { return }
        // All of it before any is handed out: a reading of a damaged segment may be wrong.
        var readings: [SealedReading] = []
        do throws(SegmentError) {
            try selectData.withBlob(0) { bytes throws(SegmentError) in
                var reader = try SegmentReader(bytes)
                guard segment.agrees(with: reader.header) else { throw .damaged(.otherRow) }
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

    func damage(_ segment: StoredSegment, _ error: SegmentError) -> StorageError {
        StorageError(
            operation: "read segment \(segment.id.rawValue) (series \(segment.series), from \(segment.firstTime))",
            path: database.path, code: SQLITE_CORRUPT, cause: "\(error)")
    }
}
