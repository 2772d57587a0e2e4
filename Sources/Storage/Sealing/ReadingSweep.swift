import CSQLite
import Telemetry

/// Passes over the readings of a stretch of time, rows and segments alike, a piece of at most an hour at a time, in the order
/// of time or against it.
///
/// Each call of ``next()`` holds one piece in memory, and of segments that reach over it their keys.
struct ReadingSweep {
    private let database: Database
    private let shelf: SegmentShelf?
    private let range: Range<Timestamp>
    /// Nil for all.
    private let series: [SeriesID]?
    private let isWanted: Set<SeriesID>?
    private let isNewestFirst: Bool
    private let cursor: HotCursor
    /// What is still to come lies behind it; before it, where the newest come first.
    private var position: Timestamp
    /// No segment of these series holds a later reading.
    private let sealedUntil: Timestamp
    /// Segments that were found and may hold readings of what is still to come.
    private var found: [StoredSegment] = []
    /// Segments that begin in these hours were looked for.
    private var lookedFor: ClosedRange<Int64>?
    /// The next row, and the hour in which the next segment begins, where they were looked for already; none where there
    /// is none.
    private var rowAhead: Timestamp??
    private var segmentAhead: Int64??
    /// Rows that a piece may have, so that a busy hour is not held in memory all at once.
    private let rowLimit: Int
    /// What was read last: by time and series, or the other way round.
    private(set) var rows: [StoredReading] = []
    /// Damaged segments whose readings are missing.
    private(set) var damage: [SegmentID: (segment: StoredSegment, error: StorageError)] = [:]

    struct StoredReading {
        var series: SeriesID
        var reading: SealedReading
    }

    /// - Parameters:
    ///   - hot: the rows.
    ///   - hasSegments: false for files of before.
    ///   - sealedUntil: no segment of these series holds a later reading.
    init(
        _ database: Database, hot: HotRows, hasSegments: Bool = true, in range: Range<Timestamp>,
        of series: [SeriesID]?, newestFirst: Bool = false, sealedUntil: Timestamp = SegmentID.times.upperBound,
        rowLimit: Int = 50_000
    ) throws(StorageError) {
        self.database = database
        self.range = range
        self.series = series?.sorted()
        isWanted = series.map { Set($0) }
        isNewestFirst = newestFirst
        self.sealedUntil = sealedUntil
        self.rowLimit = rowLimit
        position = newestFirst ? range.upperBound : range.lowerBound
        shelf = hasSegments ? try SegmentShelf(database) : nil
        cursor = try hot.cursor(of: self.series, newestFirst: newestFirst)
    }

    /// Reads the next piece into ``rows``, which may stay empty.
    /// - Returns: false when there is nothing more.
    mutating func next() throws(StorageError) -> Bool {
        rows.removeAll(keepingCapacity: true)
        if series?.isEmpty ?? false { return false }
        guard let piece = try isNewestFirst ? olderPiece() : laterPiece() else { return false }
        let seen = try readRows(piece)
        let isMerged = try readSegments(seen)
        if isMerged { sort() }
        position = isNewestFirst ? seen.lowerBound : seen.upperBound
        return true
    }

    // MARK: - The next piece

    private mutating func laterPiece() throws(StorageError) -> Range<Timestamp>? {
        guard position < range.upperBound else { return nil }
        var start = min(try nextRow() ?? .distantFuture, try nextSegment() ?? .distantFuture)
        guard start < range.upperBound else { return nil }
        start = max(start, position)
        let end = min(ReadingSweep.hourEnd(start), range.upperBound)
        try look(in: SegmentShelf.hours(of: start..<end))
        found.removeAll { $0.lastTime < start }
        return shortened(start..<end, weight: weight(start..<end), keepsEnd: false)
    }

    private mutating func olderPiece() throws(StorageError) -> Range<Timestamp>? {
        guard position > range.lowerBound else { return nil }
        var end = max(try nextRow().map { $0 + 1 } ?? .distantPast, try nextSegment() ?? .distantPast)
        guard end > range.lowerBound else { return nil }
        end = min(end, position)
        let start = max(ReadingSweep.hourStart(end - 1), range.lowerBound)
        try look(in: SegmentShelf.hours(of: start..<end))
        found.removeAll { $0.firstTime >= end }
        return shortened(start..<end, weight: weight(start..<end), keepsEnd: true)
    }

    /// What is still to come.
    private var rest: Range<Timestamp> { isNewestFirst ? range.lowerBound..<position : position..<range.upperBound }

    /// The time of the next row; looked for again only once it lies behind, since the rows of others are passed over.
    private mutating func nextRow() throws(StorageError) -> Timestamp? {
        if let rowAhead, rowAhead.map({ rest.contains($0) }) ?? true { return rowAhead }
        let row = try cursor.firstTime(in: rest)
        rowAhead = .some(row)
        return row
    }

    /// From where on, or up to where, segments may hold something of what is still to come.
    private mutating func nextSegment() throws(StorageError) -> Timestamp? {
        guard let shelf, SegmentID.times.lowerBound <= sealedUntil else { return nil }
        let reach = rest.clamped(to: SegmentID.times.lowerBound..<min(SegmentID.times.upperBound, sealedUntil + 1))
        guard !reach.isEmpty else { return nil }
        let hours = SegmentShelf.hours(of: reach)
        let isAhead = segmentAhead.map { $0.map { hours.contains($0) } ?? true } ?? false
        if !isAhead { segmentAhead = .some(try nextHour(in: hours, shelf)) }
        guard let hour = segmentAhead ?? nil else { return nil }
        let start = Timestamp(milliseconds: hour * SegmentID.hourMilliseconds)
        return isNewestFirst
            ? min(reach.upperBound, start + StoredSegment.greatestSpan + SegmentID.hourMilliseconds)
            : max(reach.lowerBound, start)
    }

    private func nextHour(in hours: ClosedRange<Int64>, _ shelf: SegmentShelf) throws(StorageError) -> Int64? {
        if let series, series.count <= ReadingSweep.fewSeries {
            return try shelf.hour(in: hours, of: series, newestFirst: isNewestFirst)
        }
        return try shelf.hour(in: hours, newestFirst: isNewestFirst)
    }

    private static func hourStart(_ time: Timestamp) -> Timestamp {
        Timestamp(
            milliseconds: time.milliseconds.flooredQuotient(SegmentID.hourMilliseconds) * SegmentID.hourMilliseconds)
    }

    private static func hourEnd(_ time: Timestamp) -> Timestamp { hourStart(time) + SegmentID.hourMilliseconds }

    /// Looks for the segments that begin in some hours, but those that were looked for before.
    private mutating func look(in hours: ClosedRange<Int64>) throws(StorageError) {
        guard let shelf else { return }
        var first = hours.lowerBound
        var last = hours.upperBound
        if let lookedFor, lookedFor.overlaps(hours) {
            if isNewestFirst {
                last = min(last, lookedFor.lowerBound - 1)
            } else {
                first = max(first, lookedFor.upperBound + 1)
            }
        }
        lookedFor = hours
        guard first <= last else { return }
        var more: [StoredSegment] = []
        var wrong: [StoredSegment] = []
        let range = range
        if let series, series.count <= ReadingSweep.fewSeries {
            for id in series {
                try shelf.visit(hours: first...last, of: id) {
                    if !$0.isPlausible { wrong.append($0) } else if $0.overlaps(range) { more.append($0) }
                }
            }
        } else {
            let isWanted = isWanted
            try shelf.visit(hours: first...last, of: nil) {
                guard isWanted?.contains($0.id.series) ?? true else { return }
                if !$0.isPlausible { wrong.append($0) } else if $0.overlaps(range) { more.append($0) }
            }
        }
        found += more
        for segment in wrong { damage[segment.id] = (segment, shelf.damage(segment, .damaged(.otherRow))) }
    }

    /// Of more, all that begin in an hour are passed over.
    private static var fewSeries: Int { 128 }

    /// About how many sealed readings a piece has.
    private func weight(_ piece: Range<Timestamp>) -> Int {
        found.reduce(0) { sum, segment in
            guard segment.overlaps(piece) else { return sum }
            let span = max(1, segment.lastTime - segment.firstTime)
            let common = min(segment.lastTime, piece.upperBound) - max(segment.firstTime, piece.lowerBound)
            return sum + Int(Double(segment.count) * Double(max(1, common)) / Double(span))
        }
    }

    /// So that it holds about as many as may be.
    private func shortened(_ piece: Range<Timestamp>, weight: Int, keepsEnd: Bool) -> Range<Timestamp> {
        guard weight > rowLimit else { return piece }
        let length = max(1, Int64(Double(piece.upperBound - piece.lowerBound) * Double(rowLimit) / Double(weight)))
        return keepsEnd
            ? (piece.upperBound - length)..<piece.upperBound : piece.lowerBound..<(piece.lowerBound + length)
    }

    // MARK: - What it holds

    /// - Returns: what of the piece was read, where it has too many rows.
    private mutating func readRows(_ piece: Range<Timestamp>) throws(StorageError) -> Range<Timestamp> {
        try read(piece, limit: rowLimit)
        guard rows.count == rowLimit, let last = rows.last?.reading.time else { return piece }
        // What has the time of the last row may not be complete.
        rows.removeAll { $0.reading.time == last }
        if rows.isEmpty {
            try read(last..<(last + 1), limit: .max)
            return isNewestFirst ? last..<piece.upperBound : piece.lowerBound..<(last + 1)
        }
        return isNewestFirst ? (last + 1)..<piece.upperBound : piece.lowerBound..<last
    }

    private mutating func read(_ piece: Range<Timestamp>, limit: Int) throws(StorageError) {
        try cursor.open(piece, limit: limit)
        defer { cursor.close() }
        while let row = try cursor.next() {
            rows.append(StoredReading(series: row.series, reading: row.reading))
        }
    }

    /// - Returns: whether there were any.
    private mutating func readSegments(_ piece: Range<Timestamp>) throws(StorageError) -> Bool {
        guard let shelf else { return false }
        let before = rows.count
        var read: [StoredReading] = []
        for segment in found where segment.overlaps(piece) {
            do throws(StorageError) {
                try shelf.visitReadings(of: segment, in: piece) {
                    read.append(.init(series: segment.series, reading: $0))
                }
            } catch {
                guard error.code == SQLITE_CORRUPT else { throw error }
                damage[segment.id] = (segment, error)
                found.removeAll { $0.id == segment.id }
            }
        }
        rows += read
        return rows.count > before
    }

    private mutating func sort() {
        let sign: Int64 = isNewestFirst ? -1 : 1
        rows.sort { first, second in
            let distance = (first.reading.time - second.reading.time) * sign
            if distance != 0 { return distance < 0 }
            return Int64(first.series) * sign < Int64(second.series) * sign
        }
    }
}
