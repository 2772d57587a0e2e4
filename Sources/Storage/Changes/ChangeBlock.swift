import Telemetry

/// The changes of one commit as bytes: how many, when they were committed, and stretches of series for each window.
///
/// All windows of a minute are mostly written together, for nearly all series, so that a minute of five hundred series takes
/// some ten bytes.
///
/// | | |
/// |---|---|
/// | once | number of changes; time of the commit |
/// | each window | tier; start in minutes, less that of the window before; number of runs |
/// | each run | first series, less the one behind the run before; number of series; revision |
struct ChangeBlock {
    private(set) var bytes: [UInt8] = []

    /// What was noted, in the order in which it was written.
    struct Note {
        var tier: Tier
        /// Minutes since 1970.
        var minute: Int64
        var series: SeriesID
        var count: Int
        var revision: Int
    }

    init(_ notes: [Note], committed: Timestamp) {
        bytes.append(varint: UInt64(notes.reduce(0) { $0 + $1.count }))
        bytes.append(zigzag: committed.milliseconds)
        var index = 0
        var minute: Int64 = 0
        while index < notes.count {
            let window = notes[index]
            let end =
                notes[index...].firstIndex { $0.tier != window.tier || $0.minute != window.minute } ?? notes.count
            bytes.append(varint: UInt64(Tier.allCases.firstIndex(of: window.tier) ?? 0))
            bytes.append(zigzag: window.minute - minute)
            bytes.append(varint: UInt64(end - index))
            minute = window.minute
            var next: SeriesID = 0
            for run in notes[index..<end] {
                bytes.append(zigzag: Int64(run.series) - Int64(next))
                bytes.append(varint: UInt64(run.count))
                bytes.append(varint: UInt64(run.revision))
                next = run.series + SeriesID(run.count)
            }
            index = end
        }
    }

    /// How many changes a block holds, and when they were committed.
    static func head(of bytes: UnsafeRawBufferPointer) -> (count: Int64, committed: Timestamp) {
        var reader = ByteReader(bytes)
        let count = Int64(clamping: reader.varint())
        return (count, Timestamp(milliseconds: reader.zigzag()))
    }

    /// Visits the runs of a block until `visit` says false. Of a damaged block the rest is left out.
    /// - Parameter first: the number of its first change.
    /// - Returns: whether all were visited.
    static func visit<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer, first: ChangeNumber, _ visit: (ChangeRun) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        var reader = ByteReader(bytes)
        let end = first &+ Int64(clamping: reader.varint())
        let committed = Timestamp(milliseconds: reader.zigzag())
        var number = first
        var minute: Int64 = 0
        while number < end, !reader.hasOverrun {
            let tier = reader.varint()
            minute &+= reader.zigzag()
            var runs = reader.varint()
            var next: Int64 = 0
            guard tier < Tier.allCases.count, AggregateKeys.isPlausible(minute: minute) else { return true }
            while runs > 0, !reader.hasOverrun {
                next &+= reader.zigzag()
                let count = Int64(clamping: reader.varint())
                let revision = Int(clamping: reader.varint())
                guard !reader.hasOverrun, count > 0, count <= end - number, next >= 0,
                    next + count <= Int64(AggregateKeys.series.upperBound)
                else { return true }
                let run = ChangeRun(
                    numbers: number..<number + count, tier: Tier.allCases[Int(tier)],
                    start: AggregateKeys.minutes.time(minute), firstSeries: SeriesID(next), revision: revision,
                    committed: committed)
                if !(try visit(run)) { return false }
                number += count
                next += count
                runs -= 1
            }
        }
        return true
    }
}

extension AggregateKeys {
    /// Whether a time can be made of it.
    static func isPlausible(minute: Int64) -> Bool { abs(minute) < 1 << 40 }
}
