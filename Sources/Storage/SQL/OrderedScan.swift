import Telemetry

/// Readings in the order of time, from the first or from the last on, slice by slice: what is sealed and what is not of
/// an hour or so is gathered and sorted. So the latest ten are there at once, and a year needs no more memory than a slice.
///
/// Of segments that may reach into the slices to come their rows are held, not what they hold.
final class OrderedScan: ReadingsScan {
    private let request: ReadingsRequest
    private let isDescending: Bool
    private let statements: ReadingsStatements
    private let segments: SegmentRows
    private let seriesCount: Int
    private var held: [StoredSegment] = []
    /// The hours whose segments were taken into ``held``.
    private var loaded: ClosedRange<Int64>?
    /// The first time that was not looked at yet; the last one when descending.
    private var position: Int64
    private var isDone = false
    private var width: Int64 = SegmentID.hourMilliseconds

    private static let longestSlice = 24 * SegmentID.hourMilliseconds
    private static let shortestSlice: Int64 = 1000
    /// Rows that a slice should hold, and how many it may.
    private static let usualRows = 1 << 14
    private static let mostRows = 1 << 18

    init(_ request: ReadingsRequest, statements: ReadingsStatements, segments: SegmentRows, seriesCount: Int) throws {
        self.request = request
        self.statements = statements
        self.segments = segments
        self.seriesCount = seriesCount
        isDescending = request.order == .descending
        position = isDescending ? request.lastTime : request.firstTime
        try skipGap()
    }

    func fill(_ batch: RowBatch) throws {
        batch.removeAll()
        while !isDone {
            let slice = try gather(batch)
            adaptWidth(to: batch.count)
            leave(slice)
            if batch.count > 0 { return }
            if !isDone { try skipGap() }
        }
    }

    // MARK: - A slice

    private func gather(_ batch: RowBatch) throws -> ClosedRange<Int64> {
        var slice = nextSlice()
        try load(SegmentKeys.hours(first: slice.lowerBound, last: slice.upperBound))
        while width > OrderedScan.shortestSlice, expectedRows(in: slice) > OrderedScan.mostRows {
            width /= 2
            slice = nextSlice()
        }
        try addHotReadings(of: &slice, to: batch)
        for row in held
        where row.firstTime.milliseconds <= slice.upperBound && row.lastTime.milliseconds >= slice.lowerBound {
            statements.segment.bind(1, row.id.rawValue)
            guard try statements.segment.step("read sealed readings") else { continue }
            try segments.append(
                row, statements.segment.bytes(0), from: slice.lowerBound, through: slice.upperBound, of: request,
                to: batch)
            statements.segment.reset()
        }
        batch.sort(descending: isDescending)
        return slice
    }

    private func nextSlice() -> ClosedRange<Int64> {
        let further = width - 1
        if isDescending {
            let (begin, isBeyond) = position.subtractingReportingOverflow(further)
            return (isBeyond ? request.firstTime : max(begin, request.firstTime))...position
        }
        let (end, isBeyond) = position.addingReportingOverflow(further)
        return position...(isBeyond ? request.lastTime : min(end, request.lastTime))
    }

    private func expectedRows(in slice: ClosedRange<Int64>) -> Int {
        var rows = 0.0
        for row in held
        where row.firstTime.milliseconds <= slice.upperBound && row.lastTime.milliseconds >= slice.lowerBound {
            let common =
                min(row.lastTime.milliseconds, slice.upperBound) - max(row.firstTime.milliseconds, slice.lowerBound) + 1
            rows +=
                Double(row.count) * Double(common) / Double(row.lastTime.milliseconds - row.firstTime.milliseconds + 1)
        }
        return Int(min(rows, 1e9))
    }

    /// Where there are too many, the slice ends before those that are left.
    private func addHotReadings(of slice: inout ClosedRange<Int64>, to batch: RowBatch) throws(StorageError) {
        let cursor = isDescending ? statements.hotReadingsDescending : statements.hotReadings
        defer { cursor.close() }
        guard try statements.open(cursor, first: slice.lowerBound, last: slice.upperBound) else { return }
        var last: Int64?
        while let (series, reading) = try cursor.next() {
            guard request.holds(series) else { continue }
            let row = ReadingsRow(series, reading)
            if batch.count >= OrderedScan.mostRows, let last, row.time != last {
                slice = isDescending ? last...slice.upperBound : slice.lowerBound...last
                return
            }
            last = row.time
            batch.append(row)
        }
    }

    private func adaptWidth(to count: Int) {
        if count < OrderedScan.usualRows { width = min(width * 2, OrderedScan.longestSlice) }
        if count > OrderedScan.mostRows { width = max(width / 2, OrderedScan.shortestSlice) }
    }

    private func leave(_ slice: ClosedRange<Int64>) {
        if isDescending {
            isDone = slice.lowerBound <= request.firstTime
            guard !isDone else { return }
            position = slice.lowerBound - 1
            held.removeAll { $0.firstTime.milliseconds > position }
        } else {
            isDone = slice.upperBound >= request.lastTime
            guard !isDone else { return }
            position = slice.upperBound + 1
            held.removeAll { $0.lastTime.milliseconds < position }
        }
    }

    // MARK: - What is there

    /// Takes in the segments that begin in some hours, where that was not done yet.
    private func load(_ hours: ClosedRange<Int64>) throws {
        guard let known = loaded else {
            loaded = hours
            return try hold(hours)
        }
        if hours.upperBound > known.upperBound { try hold((known.upperBound + 1)...hours.upperBound) }
        if hours.lowerBound < known.lowerBound { try hold(hours.lowerBound...(known.lowerBound - 1)) }
        loaded = min(hours.lowerBound, known.lowerBound)...max(hours.upperBound, known.upperBound)
    }

    private func hold(_ hours: ClosedRange<Int64>) throws {
        var keys = SegmentKeys(hours: hours, series: request.series, seriesCount: seriesCount)
        let select = statements.segments
        while let range = keys.next() {
            defer { select.reset() }
            select.bind(1, range.lowerBound)
            select.bind(2, range.upperBound)
            while try select.step("look for segments") {
                let row = StoredSegment(select)
                // Of one that makes no sense it is not known what is missing.
                guard row.concerns(request), try segments.isPlausible(row),
                    request.overlaps(first: row.firstTime.milliseconds, last: row.lastTime.milliseconds),
                    isDescending ? row.firstTime.milliseconds <= position : row.lastTime.milliseconds >= position
                else { continue }
                held.append(row)
            }
        }
    }

    /// Goes on where the next reading may be, at the beginning as well.
    private func skipGap() throws {
        defer { statements.reset() }
        let next = isDescending ? try previousTimes() : try nextTimes()
        guard let next, next >= request.firstTime, next <= request.lastTime else {
            isDone = true
            return
        }
        position = next
    }

    private func nextTimes() throws(StorageError) -> Int64? {
        var times = held.map { max($0.firstTime.milliseconds, position) }
        if let time = try statements.nextHotTime(from: position) { times.append(time) }
        let known = loaded?.upperBound ?? SegmentKeys.hours(first: position, last: position).lowerBound - 1
        statements.nextSegment.bind(
            1, known >= OrderedScan.lastHour ? .max : SegmentID(hour: known + 1, series: 0).rawValue)
        // Between what was looked at and the next segment there is none.
        var empty = OrderedScan.lastHour
        if try statements.nextSegment.step("look for segments") {
            let hour = SegmentID(rawValue: statements.nextSegment.integer(0)).hour
            times.append(max(hour * SegmentID.hourMilliseconds, position))
            empty = hour - 1
        }
        if let lowest = loaded?.lowerBound { loaded = lowest...max(known, empty) }
        return times.min()
    }

    private func previousTimes() throws -> Int64? {
        if held.isEmpty, let hour = try previousHour() {
            // Behind it there is none that begins before the position.
            loaded = (hour + 1)...(loaded?.upperBound ?? OrderedScan.lastHour)
            try load(max(hour - StoredSegment.greatestSpanHours, 0)...hour)
        }
        var times = held.map { min($0.lastTime.milliseconds, position) }
        if let time = try statements.previousHotTime(through: position) { times.append(time) }
        if let hour = try previousHour() {
            // Of segments that are not held, this is how far they may reach.
            times.append(min((hour + 1 + StoredSegment.greatestSpanHours) * SegmentID.hourMilliseconds, position))
        }
        return times.max()
    }

    /// The last hour before those that were looked at in which a segment begins.
    private func previousHour() throws(StorageError) -> Int64? {
        let known = loaded?.lowerBound ?? SegmentID.hour(of: Timestamp(milliseconds: position)) + 1
        let select = statements.previousSegment
        defer { select.reset() }
        select.bind(1, known > OrderedScan.lastHour ? .max : SegmentID(hour: known, series: 0).rawValue)
        guard try select.step("look for segments") else {
            loaded = 0...(loaded?.upperBound ?? OrderedScan.lastHour)
            return nil
        }
        return SegmentID(rawValue: select.integer(0)).hour
    }

    private static let lastHour = SegmentID.hour(of: Timestamp(milliseconds: .max))
}
