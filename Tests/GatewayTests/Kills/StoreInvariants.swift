import Telemetry

@testable import Storage

extension Store {
    /// What of all that holds at every commit does not, in words.
    func brokenInvariants() throws -> [String] {
        let broken = [
            "segments lie under the hour of another time or under another series": """
            SELECT count(*) FROM segments WHERE id >> 43 <> first_time / 3600000 OR (id >> 12) & 0x7FFFFFFF <> series
            """,
            "segments span more than a day": "SELECT count(*) FROM segments WHERE last_time - first_time > 86400000",
            "segments of one series overlap": """
            SELECT count(*) FROM (SELECT first_time, lag(last_time) OVER (PARTITION BY series ORDER BY first_time, last_time)
            AS before FROM segments) WHERE first_time <= before
            """,
            "segments reach beyond what their series says": """
            SELECT count(*) FROM segments JOIN series ON series.id = segments.series
            WHERE sealed_until IS NULL OR sealed_until < last_time
            """,
            "segments are of no series": "SELECT count(*) FROM segments WHERE series NOT IN (SELECT id FROM series)",
            "rows have a verdict that is not there": """
            SELECT count(*) FROM hot WHERE code >> 4 NOT IN (SELECT number FROM verdicts)
            """,
        ]
        var found: [String] = []
        for (words, sql) in broken.sorted(by: { $0.key < $1.key }) {
            let count = try database.integer(sql) ?? 0
            if count > 0 { found.append("\(count) \(words)") }
        }
        return try found + misplacedReadings() + brokenBundles()
    }

    /// Readings that are a row and sealed as well, and segments that do not hold what their row says.
    private func misplacedReadings() throws -> [String] {
        var found: [String] = []
        let known = try Set(storedSeries().map(\.id))
        var unsealed: Set<Int64> = []
        let cursor = try hotCursor(HotRow.times)
        while let (series, reading) = try cursor.next() {
            if !known.contains(series) { found.append("a reading is of no series") }
            if !unsealed.insert(HotRow.id(reading.time, series)).inserted {
                found.append("a reading of series \(series) at \(reading.time) is there twice")
            }
        }
        var segments: [StoredSegment] = []
        let shelf = try SegmentShelf(database)
        try shelf.visit(hours: 0...SegmentID.hour(of: .distantFuture), of: nil) { segments.append($0) }
        for segment in segments {
            var times: [Timestamp] = []
            try shelf.visitReadings(of: segment, in: .distantPast ..< .distantFuture) { times.append($0.time) }
            if times.count != segment.count || times.first != segment.firstTime || times.last != segment.lastTime {
                found.append("segment \(segment.id.rawValue) does not hold what its row says")
            }
            for time in times {
                if unsealed.contains(HotRow.id(time, segment.series)) {
                    found.append("the reading of series \(segment.series) at \(time) is a row and sealed as well")
                }
            }
        }
        return found
    }

    private func brokenBundles() throws -> [String] {
        var found: [String] = []
        try bundles.visit(HotRow.times) { bundle in
            if bundle.records != bundle.records.sorted()
                || Set(bundle.records.map { $0 >> 32 }).count < bundle.records.count
            {
                found.append("bundle \(bundle.id) is not sorted")
            }
            if Set(bundle.readings.map { SegmentID.hour(of: $0.time) }).count != 1 {
                found.append("bundle \(bundle.id) is not of one hour")
            }
            return true
        }
        return found
    }
}
