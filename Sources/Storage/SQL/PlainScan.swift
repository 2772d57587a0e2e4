import Telemetry

/// Fills batches with rows.
protocol ReadingsScan: AnyObject {
    /// Replaces what is in the batch; leaves it empty when there is no more.
    func fill(_ batch: RowBatch) throws
}

/// Readings in whatever order is quickest: all segments as they lie, then the rows that are not sealed.
final class PlainScan: ReadingsScan {
    private let request: ReadingsRequest
    private let statements: ReadingsStatements
    private let segments: SegmentRows
    private var keys: SegmentKeys
    private var isInRange = false
    private var isInHotReadings = false
    private var isDone = false
    /// Few at first, for a statement that wants few.
    private var wanted = 16
    private static let most = 4096

    init(_ request: ReadingsRequest, statements: ReadingsStatements, segments: SegmentRows, seriesCount: Int) throws {
        self.request = request
        self.statements = statements
        self.segments = segments
        let all = SegmentKeys.hours(first: request.firstTime, last: request.lastTime)
        let sealed = try PlainScan.sealedHours(statements)
        let begin = max(all.lowerBound, sealed.lowerBound)
        let hours = begin...max(begin, min(all.upperBound, sealed.upperBound))
        keys = SegmentKeys(hours: hours, series: request.series, seriesCount: seriesCount)
    }

    /// The hours in which there are segments, so that no other is looked at.
    private static func sealedHours(_ statements: ReadingsStatements) throws(StorageError) -> ClosedRange<Int64> {
        defer { statements.reset() }
        statements.nextSegment.bind(1, Int64(0))
        statements.previousSegment.bind(1, Int64.max)
        guard try statements.nextSegment.step("look for segments"),
            try statements.previousSegment.step("look for segments")
        else { return 0...0 }
        let first = SegmentID(rawValue: statements.nextSegment.integer(0)).hour
        return first...max(first, SegmentID(rawValue: statements.previousSegment.integer(0)).hour)
    }

    func fill(_ batch: RowBatch) throws {
        batch.removeAll()
        while batch.count < wanted, !isInHotReadings { try addSegment(to: batch) }
        if isInHotReadings { try addHotReadings(to: batch) }
        wanted = min(wanted * 4, PlainScan.most)
    }

    private func addSegment(to batch: RowBatch) throws {
        let select = statements.segments
        guard isInRange else {
            guard let range = keys.next() else {
                isInHotReadings = true
                isDone = try !statements.open(
                    statements.hotReadings, first: request.firstTime, last: request.lastTime)
                return
            }
            select.bind(1, range.lowerBound)
            select.bind(2, range.upperBound)
            isInRange = true
            return
        }
        guard try select.step("read sealed readings") else {
            select.reset()
            isInRange = false
            return
        }
        let row = StoredSegment(select)
        guard row.concerns(request), try segments.isPlausible(row),
            request.overlaps(first: row.firstTime.milliseconds, last: row.lastTime.milliseconds)
        else { return }
        try segments.append(
            row, select.bytes(5), from: request.firstTime, through: request.lastTime, of: request, to: batch)
    }

    private func addHotReadings(to batch: RowBatch) throws(StorageError) {
        while batch.count < wanted, !isDone {
            guard let (series, reading) = try statements.hotReadings.next() else {
                isDone = true
                return
            }
            if request.holds(series) { batch.append(ReadingsRow(series, reading)) }
        }
    }
}
