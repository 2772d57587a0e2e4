public import Telemetry

/// A segment that cannot be read, and what is missing for it.
public struct DamagedSegment: Error, Hashable, Sendable, CustomStringConvertible {
    /// Of its row in the table `segments`.
    public var id: Int64
    /// Device and quantity, or the number of the series.
    public var series: String
    public var count: Int64
    public var firstTime: Timestamp
    public var lastTime: Timestamp
    /// What is wrong with it.
    public var cause: String

    init(_ row: StoredSegment, series: String, cause: String) {
        (id, count, self.series, self.cause) = (row.id.rawValue, Int64(row.count), series, cause)
        (firstTime, lastTime) = (row.firstTime, row.lastTime)
    }

    public var description: String {
        "segment \(id) (\(series), \(count) readings from \(firstTime) to \(lastTime)) cannot be read: \(cause)"
    }
}

/// Turns segments into rows for the scans of one connection.
final class SegmentRows {
    private let names: SeriesNames
    /// Whether a segment that cannot be read is left out, and noted, rather than ending the statement.
    let skipsDamaged: Bool
    private(set) var skipped: [DamagedSegment] = []
    private var skippedIDs: Set<Int64> = []
    /// For a message: all of them are left out, but not all of them noted.
    private static let mostNoted = 1000

    init(names: SeriesNames, skipsDamaged: Bool) {
        self.names = names
        self.skipsDamaged = skipsDamaged
    }

    /// Adds what a segment holds between two times to the batch.
    /// - Parameter bytes: need to stay where they are only while this runs.
    func append(
        _ row: StoredSegment, _ bytes: UnsafeRawBufferPointer, from first: Int64, through last: Int64,
        of request: ReadingsRequest, to batch: RowBatch
    ) throws(DamagedSegment) {
        do throws(SegmentError) {
            let reader = try SegmentReader(bytes)
            guard row.agrees(with: reader.header) else { throw SegmentError.damaged(.otherRow) }
            let count = reader.header.count
            let rows = batch.room(for: count)
            try reader.readAll(into: rows, values: request.needsValues, verdicts: request.needsVerdicts)
            let begin = first <= row.firstTime.milliseconds ? 0 : SegmentRows.place(of: first, in: rows, count: count)
            let end =
                last >= row.lastTime.milliseconds ? count : SegmentRows.place(of: last + 1, in: rows, count: count)
            batch.keep(begin..<max(begin, end))
        } catch {
            try note(DamagedSegment(row, series: names.text(of: row.series), cause: error.description))
        }
    }

    /// Whether a segment can be where its row says, before any of it is read.
    func isPlausible(_ row: StoredSegment) throws(DamagedSegment) -> Bool {
        if row.isPlausible { return true }
        try note(DamagedSegment(row, series: names.text(of: row.series), cause: "\(SegmentError.damaged(.otherRow))"))
        return false
    }

    private func note(_ damaged: DamagedSegment) throws(DamagedSegment) {
        guard skipsDamaged else { throw damaged }
        if skippedIDs.count < SegmentRows.mostNoted, skippedIDs.insert(damaged.id).inserted { skipped.append(damaged) }
    }

    /// The first row that is not before a time.
    private static func place(of time: Int64, in rows: UnsafeMutablePointer<ReadingsRow>, count: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
