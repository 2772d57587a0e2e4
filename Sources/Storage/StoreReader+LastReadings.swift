public import Telemetry

extension StoreReader {
    /// The newest reading of each series that has one within a range.
    ///
    /// Rows are clustered by time, so those of series that have been silent lie deep: after `rowLimit` of them the search
    /// goes on in the hours' and days' aggregates, which name the last usable reading, and then among the sealed readings.
    /// Takes some tens of milliseconds.
    public func lastReadings(in range: Range<Timestamp>, rowLimit: Int = 400_000) throws(StorageError) -> [ReadingRow] {
        var missing = Set(try series().map(\.id))
        var found: [ReadingRow] = []
        let select = try database.prepare(
            """
            SELECT series, time, value, flag, tests FROM \(hotReadings) WHERE time >= ?1 AND time < ?2
            ORDER BY time DESC, series DESC LIMIT ?3
            """)
        select.bind(1, range.lowerBound)
        select.bind(2, range.upperBound)
        select.bind(3, rowLimit)
        var rows = 0
        while !missing.isEmpty, try select.step("look for the last readings") {
            rows += 1
            let id = SeriesID(select.integer(0))
            if missing.remove(id) != nil {
                found.append(ReadingRow(.init(series: id, reading: select.sealedReading(1))))
            }
        }
        for tier in [Tier.hour, .day] where rows >= rowLimit && !missing.isEmpty {
            found += try lastReadings(accordingTo: tier, in: range, of: &missing, rowLimit: rowLimit)
        }
        return schemaVersion < 4 ? found : try later(found, lastSealedReadings(in: range))
    }

    /// Of each series the later one: rows may be of readings that came late.
    private func later(_ rows: [ReadingRow], _ sealed: [ReadingRow]) -> [ReadingRow] {
        var latest: [SeriesID: ReadingRow] = [:]
        for row in rows + sealed where latest[row.series].map({ $0.time < row.time }) ?? true { latest[row.series] = row }
        return latest.values.sorted { ($0.time, $0.series) > ($1.time, $1.series) }
    }

    private func lastSealedReadings(in range: Range<Timestamp>) throws(StorageError) -> [ReadingRow] {
        let sealed = try SealedReadings(database)
        var found: [ReadingRow] = []
        for id in try series().map(\.id) {
            guard let end = sealed.end(of: id), end >= range.lowerBound else { continue }
            if let last = try sealed.last(of: id, in: range) {
                found.append(ReadingRow(.init(series: id, reading: last)))
            }
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
