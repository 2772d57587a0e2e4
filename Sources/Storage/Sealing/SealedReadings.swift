import CSQLite
import Telemetry

/// Looks up single readings among the sealed ones, and remembers what it had to decode for that: late readings of a series
/// come one after the other.
final class SealedReadings {
    private let database: Database
    private let shelf: SegmentShelf
    /// Of each series the time of its last sealed reading, by number. It may lie behind what is sealed, never before it.
    private var ends: [Timestamp?] = []
    private var hours: [SeriesID: (range: Range<Timestamp>, readings: [SealedReading])] = [:]
    private var decodedCount = 0
    /// Segments that cannot be read, by number.
    private(set) var damage: [SegmentID: (segment: StoredSegment, error: StorageError)] = [:]
    /// The last sealed reading of all.
    private(set) var end = Timestamp.distantPast

    init(_ database: Database) throws(StorageError) {
        self.database = database
        shelf = try SegmentShelf(database)
        try readEnds()
    }

    /// Nil where nothing of a series was ever sealed.
    func end(of series: SeriesID) -> Timestamp? { Int(series) < ends.count ? ends[Int(series)] : nil }

    /// - Returns: whether that is later than it was.
    @discardableResult
    func extend(_ series: SeriesID, to time: Timestamp) -> Bool {
        if Int(series) >= ends.count { ends += [Timestamp?](repeating: nil, count: Int(series) + 64 - ends.count) }
        end = max(end, time)
        if let known = ends[Int(series)], known >= time { return false }
        ends[Int(series)] = time
        return true
    }

    /// The sealed reading of a series at a time.
    func reading(at time: Timestamp, of series: SeriesID) throws(StorageError) -> SealedReading? {
        guard let end = end(of: series), time <= end else { return nil }
        let readings = try hour(of: time, series: series)
        var low = 0
        var high = readings.count
        while low < high {
            let middle = (low + high) / 2
            if readings[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low < readings.count && readings[low].time == time ? readings[low] : nil
    }

    /// The last sealed reading of a series in a stretch of time, looked for in the last day that it may be of and the one
    /// before: what is sealed lies behind ``end(of:)``, unless it was removed since.
    func last(of series: SeriesID, in range: Range<Timestamp>) throws(StorageError) -> SealedReading? {
        guard let end = end(of: series) else { return nil }
        let upper = min(range.upperBound, end + 1)
        let lower = max(range.lowerBound, upper - StoredSegment.greatestSpan)
        guard lower < upper else { return nil }
        var last: SealedReading?
        for segment in try segments(of: series, in: lower..<upper).reversed() where last == nil {
            try visitReadings(of: segment, in: lower..<upper) { last = $0 }
        }
        return last
    }

    private func hour(of time: Timestamp, series: SeriesID) throws(StorageError) -> [SealedReading] {
        if let known = hours[series], known.range.contains(time) { return known.readings }
        let start = Timestamp(
            milliseconds: time.milliseconds.flooredQuotient(SegmentID.hourMilliseconds) * SegmentID.hourMilliseconds)
        let range = start..<(start + SegmentID.hourMilliseconds)
        var readings: [SealedReading] = []
        for segment in try segments(of: series, in: range) {
            try visitReadings(of: segment, in: range) { readings.append($0) }
        }
        // Segments lie by the hour of their first reading, and one series' do not overlap.
        if hours.count >= SealedReadings.hourLimit || decodedCount + readings.count > SealedReadings.readingLimit {
            hours.removeAll(keepingCapacity: true)
            decodedCount = 0
        }
        forget(series)
        hours[series] = (range, readings)
        decodedCount += readings.count
        return readings
    }

    private static var hourLimit: Int { 64 }
    /// Eight megabytes; besides, one hour of one series.
    private static var readingLimit: Int { 200_000 }

    /// What was decoded of a series does not hold any more.
    func forget(_ series: SeriesID) {
        if let known = hours.removeValue(forKey: series) { decodedCount -= known.readings.count }
    }

    /// What is known may have been written in a transaction that is lost.
    func forgetAll() throws(StorageError) {
        hours = [:]
        decodedCount = 0
        ends = []
        end = .distantPast
        try readEnds()
    }

    private func readEnds() throws(StorageError) {
        let select = try database.prepare("SELECT id, sealed_until FROM series WHERE sealed_until IS NOT NULL")
        while try select.step("read up to when readings are sealed") {
            extend(SeriesID(select.integer(0)), to: select.timestamp(1))
        }
    }

    /// Those of one series that may hold readings of a stretch of time and are whole, in the order of time.
    func segments(of series: SeriesID, in range: Range<Timestamp>) throws(StorageError) -> [StoredSegment] {
        guard let end = end(of: series), range.lowerBound <= end else { return [] }
        let found = try shelf.segments(of: series, in: range)
        for segment in found where !segment.isPlausible {
            damage[segment.id] = (segment, shelf.damage(segment, .damaged(.otherRow)))
        }
        return found.filter { damage[$0.id] == nil }
    }

    /// - Returns: false where the segment is damaged, which is noted: nothing of it is handed out.
    @discardableResult
    func visitReadings(
        of segment: StoredSegment, in range: Range<Timestamp> = .distantPast ..< .distantFuture,
        _ visit: (SealedReading) -> Void
    ) throws(StorageError) -> Bool {
        do throws(StorageError) {
            try shelf.visitReadings(of: segment, in: range, visit)
            return true
        } catch {
            guard error.code == SQLITE_CORRUPT else { throw error }
            damage[segment.id] = (segment, error)
            return false
        }
    }

    func note(_ found: [SegmentID: (segment: StoredSegment, error: StorageError)]) {
        damage.merge(found) { first, _ in first }
    }

    func isDamaged(_ segment: StoredSegment) -> Bool { damage[segment.id] != nil }

    /// - Returns: what was found damaged since the last time.
    func takeDamage() -> [(segment: StoredSegment, error: StorageError)] {
        defer { damage = [:] }
        return damage.values.sorted { $0.segment.id.rawValue < $1.segment.id.rawValue }
    }
}
