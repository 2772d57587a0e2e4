public import Telemetry

/// Readings that change no more leave the rows and are sealed, those of each series together.
///
/// In a bundle a reading takes eight bytes, as a row twenty, and sealed one or less; and what is sealed together is written in a few pages, however many
/// series there are. A series' readings wait until there are enough of them for a segment to be smaller than their rows.
extension Store {
    /// What one portion of sealing did.
    public struct SealedPortion: Hashable, Sendable {
        /// Readings that were rows and are in segments now.
        public var readings = 0
        public var segments = 0
        /// The bytes of those segments.
        public var bytes = 0
        /// From where to go on; nil when all that is old enough was looked at.
        public var next: Timestamp?
        /// Readings of segments that were written anew.
        var rewritten = 0
        /// Whether late readings were left for the next portion.
        var hasPutOff = false
    }

    /// Seals readings that are older than a time, within the current transaction.
    /// - Parameters:
    ///   - start: rows before it stay as they are.
    ///   - limit: how many rows are looked at, about.
    public func seal(
        from start: Timestamp, before border: Timestamp, limit: Int
    ) throws(StorageError) -> SealedPortion {
        let range = max(start, SegmentID.times.lowerBound)..<min(border, SegmentID.times.upperBound)
        guard !range.isEmpty else { return SealedPortion() }
        try begin()
        if start > .distantPast { FaultPoint.reach("seal.resumed") }
        let rows = try piece(of: range, limit: limit)
        var portion = SealedPortion()
        portion.next = rows.isCut ? rows.range.upperBound : nil
        guard rows.count > 0 else { return portion }
        var kept: Set<SeriesID> = []
        var single: [(series: SeriesID, time: Timestamp)] = []
        // Some of the series at a time, so that not all of it is in memory at once.
        let passes = SeriesID(rows.count / options.rowsInMemory + 1)
        for pass in 0..<passes {
            let bySeries = try hotReadings(in: rows.range) { $0 % passes == pass }
            for (number, readings) in bySeries.enumerated() where !readings.isEmpty {
                let series = SeriesID(number)
                let parts = try sealedParts(of: readings, series: series, border: border, in: &portion)
                guard parts.reduce(0, { $0 + $1.count }) < readings.count else { continue }
                kept.insert(series)
                for part in parts { single += part.map { (series, $0.time) } }
            }
        }
        FaultPoint.reach("seal.inserted")
        if portion.readings > 0 { _ = try removeHot(in: rows.range, besides: kept, single: single) }
        FaultPoint.reach("seal.deleted")
        // What could be sealed of them is gone, so that each time less is left.
        if portion.hasPutOff { portion.next = rows.range.lowerBound }
        return portion
    }

    // MARK: - Rows

    /// - Returns: of each series by its number, in the order of time.
    private func hotReadings(
        in range: Range<Timestamp>, where isWanted: (SeriesID) -> Bool
    ) throws(StorageError) -> [[SealedReading]] {
        var bySeries: [[SealedReading]] = []
        let cursor = try hotCursor(range)
        defer { cursor.close() }
        while let (series, reading) = try cursor.next() {
            guard isWanted(series) else { continue }
            if Int(series) >= bySeries.count {
                bySeries += [[SealedReading]](repeating: [], count: Int(series) + 64 - bySeries.count)
            }
            bySeries[Int(series)].append(reading)
        }
        return bySeries
    }

    // MARK: - What is worth a segment

    /// - Returns: what of the readings is in segments now.
    private func sealedParts(
        of readings: [SealedReading], series: SeriesID, border: Timestamp, in portion: inout SealedPortion
    ) throws(StorageError) -> [ArraySlice<SealedReading>] {
        let end = sealed.end(of: series) ?? .distantPast
        let lateCount = readings.firstIndex { $0.time > end } ?? readings.count
        let (late, new) = (readings[..<lateCount], readings[lateCount...])
        var parts: [ArraySlice<SealedReading>] = []
        // A few do not make it worth to write a segment anew, unless they have waited for long.
        if late.count >= options.fewestForSegment
            || late.first.map({ $0.time < border - StoredSegment.greatestSpan }) ?? false
        {
            if portion.rewritten < options.mostWrittenAnew {
                parts = try sealLate(late, of: series, in: &portion)
            } else {
                portion.hasPutOff = true
            }
        }
        return parts + (try sealNew(new, of: series, border: border, in: &portion))
    }

    /// Readings behind all that is sealed of their series.
    private func sealNew(
        _ readings: ArraySlice<SealedReading>, of series: SeriesID, border: Timestamp, in portion: inout SealedPortion
    ) throws(StorageError) -> [ArraySlice<SealedReading>] {
        var parts: [ArraySlice<SealedReading>] = []
        var rest = readings
        while !rest.isEmpty {
            let part = part(of: rest)
            // What a day has brought is all that may go into one segment.
            let isComplete = part.count < rest.count || part[part.startIndex].time < border - StoredSegment.greatestSpan
            if part.count >= options.enoughForSegment || isComplete && part.count >= options.fewestForSegment,
                try write(part, of: series, in: &portion)
            {
                parts.append(part)
            }
            rest = rest.dropFirst(part.count)
        }
        return parts
    }

    /// What may be one segment.
    func part(of readings: ArraySlice<SealedReading>) -> ArraySlice<SealedReading> {
        let end = readings[readings.startIndex].time + StoredSegment.greatestSpan
        let part = readings.prefix(options.mostInSegment)
        guard let last = part.last, last.time > end else { return part }
        return part.prefix { $0.time <= end }
    }

    /// - Returns: false where their hour holds as many segments of the series as can be numbered.
    func write(
        _ readings: ArraySlice<SealedReading>, of series: SeriesID, in portion: inout SealedPortion
    ) throws(StorageError) -> Bool {
        guard let first = readings.first, let last = readings.last,
            let id = try freeID(of: series, from: first.time)
        else { return false }
        let bytes: [UInt8]
        do throws(SegmentError) {
            var builder = SegmentBuilder(series: series)
            for reading in readings { try builder.append(reading) }
            bytes = try builder.seal()
        } catch {
            preconditionFailure("rows lie in the order of their key: \(error)")
        }
        let insert = statements.insertSegment
        insert.bind(1, id.rawValue)
        insert.bind(2, series)
        insert.bind(3, first.time)
        insert.bind(4, last.time)
        insert.bind(5, readings.count)
        insert.bind(6, blob: bytes)
        try insert.run("write a segment")
        FaultPoint.reach("seal.segment")
        portion.segments += 1
        portion.bytes += bytes.count
        portion.readings += readings.count
        sealed.forget(series)
        if sealed.extend(series, to: last.time) {
            statements.updateSealedUntil.bind(1, series)
            statements.updateSealedUntil.bind(2, last.time)
            try statements.updateSealedUntil.run("note up to when a series is sealed")
        }
        return true
    }

    func freeID(of series: SeriesID, from time: Timestamp) throws(StorageError) -> SegmentID? {
        let range = SegmentID.range(hour: SegmentID.hour(of: time), series: series)
        var free = range.lowerBound
        let select = statements.selectSegmentIDs
        select.bind(1, range.lowerBound)
        select.bind(2, range.upperBound)
        defer { select.reset() }
        while try select.step("number a segment"), select.integer(0) == free { free += 1 }
        return range.contains(free) ? SegmentID(rawValue: free) : nil
    }
}
