import CSQLite
import Telemetry

/// Readings that lie before the last sealed one of their series: they go into the segments whose stretch they fall into, which
/// are written anew, and between segments into new ones.
extension Store {
    /// - Returns: what of them is in segments now.
    func sealLate(
        _ late: ArraySlice<SealedReading>, of series: SeriesID, in portion: inout SealedPortion
    ) throws(StorageError) -> [ArraySlice<SealedReading>] {
        guard let first = late.first, let last = late.last else { return [] }
        var rest = late
        var parts: [ArraySlice<SealedReading>] = []
        for segment in try sealed.segments(of: series, in: first.time..<(last.time + 1)) {
            let before = rest.prefix { $0.time < segment.firstTime }
            let within = rest.dropFirst(before.count).prefix { $0.time <= segment.lastTime }
            guard !within.isEmpty else {
                parts.append(try writeParts(of: before, series, in: &portion))
                rest = rest.dropFirst(before.count)
                continue
            }
            // One that is damaged takes no readings in: they are looked at again beside the next.
            guard let whole = try merged(within, with: segment) else { continue }
            parts.append(try writeParts(of: before, series, in: &portion))
            if try replace(segment, by: whole, in: &portion) { parts.append(within) }
            rest = rest.dropFirst(before.count + within.count)
        }
        parts.append(try writeParts(of: rest, series, in: &portion))
        return parts
    }

    /// - Returns: those at the beginning that are in segments now: all, as long as numbers are free in their hours.
    private func writeParts(
        of readings: ArraySlice<SealedReading>, _ series: SeriesID, in portion: inout SealedPortion
    ) throws(StorageError) -> ArraySlice<SealedReading> {
        var rest = readings
        while !rest.isEmpty {
            let part = part(of: rest)
            guard try write(part, of: series, in: &portion) else { break }
            rest = rest.dropFirst(part.count)
        }
        return readings.prefix(readings.count - rest.count)
    }

    /// A segment's readings and those that belong into it, in the order of time.
    private struct MergedReadings {
        var readings: [SealedReading]
        var lateCount: Int
        /// How many of the segment were rows as well.
        var twiceCount = 0
    }

    /// - Returns: nil where the segment is damaged.
    private func merged(
        _ late: ArraySlice<SealedReading>, with segment: StoredSegment
    ) throws(StorageError) -> MergedReadings? {
        var merged = MergedReadings(readings: [], lateCount: late.count)
        merged.readings.reserveCapacity(segment.count + late.count)
        var rest = late
        let isWhole = try sealed.visitReadings(of: segment) { reading in
            while let first = rest.first, first.time < reading.time {
                merged.readings.append(first)
                rest.removeFirst()
            }
            if rest.first?.time == reading.time { merged.twiceCount += 1 } else { merged.readings.append(reading) }
        }
        merged.readings += rest
        return isWhole ? merged : nil
    }

    /// Writes a segment anew.
    /// - Returns: false where no number is free for the parts that it would have.
    private func replace(
        _ segment: StoredSegment, by merged: MergedReadings, in portion: inout SealedPortion
    ) throws(StorageError) -> Bool {
        var rest = merged.readings[...]
        // The first takes the number of the old one.
        while case let part = part(of: rest), part.count < rest.count {
            rest = rest.dropFirst(part.count)
            if try freeID(of: segment.series, from: rest[rest.startIndex].time) == nil { return false }
        }
        try delete(segment)
        FaultPoint.reach("merge.deleted")
        let before = portion.readings
        try writeAnew(merged.readings[...], of: segment.series, in: &portion)
        portion.readings = before + merged.lateCount
        portion.rewritten += merged.readings.count
        try countTwiceStored(merged.twiceCount)
        FaultPoint.reach("merge.written")
        return true
    }

    private func writeAnew(
        _ readings: ArraySlice<SealedReading>, of series: SeriesID, in portion: inout SealedPortion
    ) throws(StorageError) {
        guard try writeParts(of: readings, series, in: &portion).count < readings.count else { return }
        throw StorageError(
            operation: "seal readings of series \(series)", path: path, code: SQLITE_FULL,
            cause: "\(SegmentID.numbers) segments of it begin in one hour")
    }

    /// What is left of a segment.
    func writeAnew(_ readings: ArraySlice<SealedReading>, of series: SeriesID) throws(StorageError) {
        var portion = SealedPortion()
        try writeAnew(readings, of: series, in: &portion)
    }

    /// Readings that were rows and sealed at once, which only a damaged file has: the row stays.
    func countTwiceStored(_ count: Int) throws(StorageError) {
        if count > 0 { try addToLedger(source: "", counted: .removed, outcome: LedgerEntry.damaged, count: count) }
    }
}
