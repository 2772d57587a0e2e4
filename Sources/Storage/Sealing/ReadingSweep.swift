import CSQLite
import Telemetry

/// Passes over the readings of a stretch of time, rows and segments alike, a piece of at most an hour at a time, in the order
/// of time or against it.
///
/// Each call of ``next()`` holds one piece in memory, and of segments that reach over it their keys.
struct ReadingSweep {
    private let database: Database
    private let hot: HotRows
    private let shelf: SegmentShelf?
    private let range: Range<Timestamp>
    /// Nil for all.
    private let series: [SeriesID]?
    private let isWanted: Set<SeriesID>?
    private let isNewestFirst: Bool
    private let select: Statement
    /// What is still to come lies behind it; before it, where the newest come first.
    private var position: Timestamp
    /// No segment of these series holds a later reading.
    private let sealedUntil: Timestamp
    /// Segments that were found and may hold readings of what is still to come.
    private var found: [StoredSegment] = []
    /// Segments that begin in these hours were looked for.
    private var lookedFor: ClosedRange<Int64>?
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
        of series: [SeriesID]?, newestFirst: Bool = false, sealedUntil: Timestamp = .distantFuture
    ) throws(StorageError) {
        self.database = database
        self.hot = hot
        self.range = range
        self.series = series?.sorted()
        isWanted = series.map { Set($0) }
        isNewestFirst = newestFirst
        self.sealedUntil = sealedUntil
        position = newestFirst ? range.upperBound : range.lowerBound
        shelf = hasSegments ? try SegmentShelf(database) : nil
        select = try hot.select(of: self.series, newestFirst: newestFirst)
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

    /// Rows that a piece may have, so that a busy hour is not held in memory all at once.
    private static var rowLimit: Int { 50_000 }

    // MARK: - The next piece

    private mutating func laterPiece() throws(StorageError) -> Range<Timestamp>? {
        guard position < range.upperBound else { return nil }
        let row = try hot.first(from: position, of: series)
        var start = row ?? .distantFuture
        if shelf != nil {
            let hours = SegmentShelf.hours(of: position..<(position + 1))
            if let segment = try firstSegment(from: hours.lowerBound) { start = min(start, max(position, segment)) }
        }
        guard start < range.upperBound else { return nil }
        start = max(start, position)
        let end = min(ReadingSweep.hourEnd(start), range.upperBound)
        try look(in: SegmentShelf.hours(of: start..<end))
        found.removeAll { $0.lastTime < start }
        return ReadingSweep.shortened(start..<end, weight: weight(start..<end), keepsEnd: false)
    }

    private mutating func olderPiece() throws(StorageError) -> Range<Timestamp>? {
        guard position > range.lowerBound else { return nil }
        let row = try hot.last(before: position, of: series)
        var end = row.map { $0 + 1 } ?? .distantPast
        if shelf != nil, let hour = try lastSegmentHour(before: position) {
            let reach = Timestamp(
                milliseconds: (hour + StoredSegment.greatestSpanHours + 1) * SegmentID.hourMilliseconds)
            end = max(end, min(position, reach, sealedUntil + 1))
        }
        guard end > range.lowerBound else { return nil }
        end = min(end, position)
        let start = max(ReadingSweep.hourStart(end - 1), range.lowerBound)
        try look(in: SegmentShelf.hours(of: start..<end))
        found.removeAll { $0.firstTime >= end }
        return ReadingSweep.shortened(start..<end, weight: weight(start..<end), keepsEnd: true)
    }

    /// The beginning of the first hour in which a segment begins, from one on.
    private func firstSegment(from hour: Int64) throws(StorageError) -> Timestamp? {
        let id = SegmentID(hour: hour, series: 0).rawValue
        return try database.integer("SELECT min(id) FROM segments WHERE id >= \(id)").map {
            Timestamp(milliseconds: SegmentID(rawValue: $0).hour * SegmentID.hourMilliseconds)
        }
    }

    private func lastSegmentHour(before time: Timestamp) throws(StorageError) -> Int64? {
        let hour = SegmentID.hour(of: time - 1)
        let last = SegmentID.range(hours: hour...hour).upperBound
        return try database.integer("SELECT max(id) FROM segments WHERE id <= \(last)").map {
            SegmentID(rawValue: $0).hour
        }
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
        let range = range
        if let series, series.count <= ReadingSweep.fewSeries {
            for id in series {
                try shelf.visit(hours: first...last, of: id) { if $0.overlaps(range) { more.append($0) } }
            }
        } else {
            let isWanted = isWanted
            try shelf.visit(hours: first...last, of: nil) {
                if isWanted?.contains($0.series) ?? true, $0.overlaps(range) { more.append($0) }
            }
        }
        found += more
    }

    /// Of more, all that begin in an hour are passed over.
    private static var fewSeries: Int { 32 }

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
    private static func shortened(_ piece: Range<Timestamp>, weight: Int, keepsEnd: Bool) -> Range<Timestamp> {
        guard weight > rowLimit else { return piece }
        let length = max(1, Int64(Double(piece.upperBound - piece.lowerBound) * Double(rowLimit) / Double(weight)))
        return keepsEnd
            ? (piece.upperBound - length)..<piece.upperBound : piece.lowerBound..<(piece.lowerBound + length)
    }

    // MARK: - What it holds

    /// - Returns: what of the piece was read, where it has too many rows.
    private mutating func readRows(_ piece: Range<Timestamp>) throws(StorageError) -> Range<Timestamp> {
        try read(piece, limit: ReadingSweep.rowLimit)
        guard rows.count == ReadingSweep.rowLimit, let last = rows.last?.reading.time else { return piece }
        // What has the time of the last row may not be complete.
        rows.removeAll { $0.reading.time == last }
        if rows.isEmpty {
            try read(last..<(last + 1), limit: .max)
            return isNewestFirst ? last..<piece.upperBound : piece.lowerBound..<(last + 1)
        }
        return isNewestFirst ? (last + 1)..<piece.upperBound : piece.lowerBound..<last
    }

    private mutating func read(_ piece: Range<Timestamp>, limit: Int) throws(StorageError) {
        guard hot.bind(piece, to: select) else { return }
        select.bind(3, limit)
        defer { select.reset() }
        while try select.step("read readings") {
            let row = try hot.read(select)
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
