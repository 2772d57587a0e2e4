import Telemetry

/// Segments that do not stay as they are.
extension Store {
    func delete(_ segment: StoredSegment) throws(StorageError) {
        try begin()
        statements.deleteSegment.bind(1, segment.id.rawValue)
        try statements.deleteSegment.run("remove a segment")
        sealed.forget(segment.id.series)
    }

    /// Makes rows again of the segment that holds a reading, so that it can be changed.
    /// - Returns: whether there is one.
    func reopen(at time: Timestamp, of series: SeriesID) throws(StorageError) -> Bool {
        for segment in try sealed.segments(of: series, in: time..<(time + 1)) {
            var readings: [SealedReading] = []
            guard try sealed.visitReadings(of: segment, { readings.append($0) }) else { continue }
            try delete(segment)
            FaultPoint.reach("reopen.deleted")
            var twiceCount = 0
            for reading in readings where try !insertRow(reading, of: series) { twiceCount += 1 }
            try countTwiceStored(twiceCount)
            FaultPoint.reach("reopen.inserted")
            return true
        }
        return false
    }

    /// Removes segments that turned out to be damaged, and counts their readings as lost.
    /// - Returns: what was wrong with each.
    public func removeDamagedSegments() throws(StorageError) -> [StorageError] {
        let damaged = sealed.takeDamage()
        for (segment, _) in damaged {
            try delete(segment)
            try addToLedger(source: "", counted: .removed, outcome: LedgerEntry.damaged, count: segment.count)
        }
        if !damaged.isEmpty { FaultPoint.reach("damage.removed") }
        return damaged.map(\.error)
    }
}
