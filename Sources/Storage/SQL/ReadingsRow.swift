import Telemetry

/// A reading as the table `readings` of SQL shows it: all that there is to it, without a reference to anything.
struct ReadingsRow {
    var time: Int64
    var value: Double
    var tests: Int64
    var series: SeriesID
    var flag: UInt8

    static func precedes(_ left: ReadingsRow, _ right: ReadingsRow) -> Bool {
        left.time != right.time ? left.time < right.time : left.series < right.series
    }
}

/// Rows that wait to be shown. They stay where they are until more are made room for.
final class RowBatch {
    private(set) var rows: UnsafeMutablePointer<ReadingsRow>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 1024
        rows = .allocate(capacity: capacity)
    }

    deinit { rows.deallocate() }

    func removeAll() { count = 0 }

    /// Where so many more may be written, of which ``keep(_:)`` says how many are to stay.
    func room(for more: Int) -> UnsafeMutablePointer<ReadingsRow> {
        if count + more > capacity {
            let larger = max(count + more, capacity * 2)
            let moved = UnsafeMutablePointer<ReadingsRow>.allocate(capacity: larger)
            moved.update(from: rows, count: count)
            rows.deallocate()
            rows = moved
            capacity = larger
        }
        return rows + count
    }

    /// Keeps a part of what was written into the ``room(for:)``.
    func keep(_ written: Range<Int>) {
        if written.lowerBound > 0 {
            (rows + count).update(from: rows + count + written.lowerBound, count: written.count)
        }
        count += written.count
    }

    func append(_ row: ReadingsRow) {
        room(for: 1).pointee = row
        count += 1
    }

    /// Puts all rows in the order of time and series.
    func sort(descending: Bool) {
        var all = UnsafeMutableBufferPointer(start: rows, count: count)
        if descending {
            all.sort { ReadingsRow.precedes($1, $0) }
        } else {
            all.sort { ReadingsRow.precedes($0, $1) }
        }
    }
}
