public import Telemetry

extension StoreReader {
    /// The newest reading of each series that has one within a range.
    ///
    /// Readings are clustered by time, so those of silent series lie deep: after `rowLimit` rows of readings the search
    /// goes on in the hours' and days' aggregates, which name the last usable reading. Takes some tens of milliseconds.
    public func lastReadings(in range: Range<Timestamp>, rowLimit: Int = 100_000) throws(StorageError) -> [ReadingRow] {
        var missing = Set(try series().map(\.id))
        var found: [ReadingRow] = []
        var rows = 0
        try readings(in: range, newestFirst: true) { row in
            rows += 1
            if missing.remove(row.series) != nil { found.append(row) }
            return !missing.isEmpty && rows < rowLimit
        }
        for tier in [Tier.hour, .day] where rows >= rowLimit && !missing.isEmpty {
            found += try lastReadings(accordingTo: tier, in: range, of: &missing, rowLimit: rowLimit)
        }
        return found
    }

    private func lastReadings(
        accordingTo tier: Tier, in range: Range<Timestamp>, of missing: inout Set<SeriesID>, rowLimit: Int
    ) throws(StorageError) -> [ReadingRow] {
        let select = try database.prepare(
            """
            SELECT a.series, a.last_time, a.last, r.flag, r.tests
            FROM (SELECT series, last_time, last FROM aggregates
                  WHERE tier = ?1 AND start >= ?2 AND start < ?3 AND last_time IS NOT NULL ORDER BY start DESC LIMIT ?4) AS a
            LEFT JOIN \(hotReadings) AS r ON r.time = a.last_time AND r.series = a.series
            """)
        select.bind(1, tier.rawValue)
        select.bind(2, range.lowerBound)
        select.bind(3, range.upperBound)
        select.bind(4, rowLimit)
        var found: [ReadingRow] = []
        while !missing.isEmpty, try select.step("look for the last readings") {
            guard missing.remove(SeriesID(select.integer(0))) != nil else { continue }
            // Retention may have taken the reading itself.
            let flag = select.isNull(3) ? nil : QualityFlag(rawValue: UInt8(truncatingIfNeeded: select.integer(3)))
            found.append(
                ReadingRow(
                    series: SeriesID(select.integer(0)), time: select.timestamp(1), value: select.double(2),
                    flag: flag ?? .unknown, tests: QualityTests(bits: select.integer(4))))
        }
        return found
    }
}
