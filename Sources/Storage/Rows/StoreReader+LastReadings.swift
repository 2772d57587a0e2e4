public import Telemetry

extension StoreReader {
    /// The newest reading of each series that has one within a range.
    ///
    /// Rows are clustered by time, so those of series that have been silent lie deep: after `rowLimit` of them the search
    /// goes on in the hours' and days' aggregates, which name the last usable reading, and then among the sealed readings.
    /// Takes some tens of milliseconds.
    public func lastReadings(in range: Range<Timestamp>, rowLimit: Int = 400_000) throws(StorageError) -> [ReadingRow] {
        try inOneTransaction { () throws(StorageError) in try newestReadings(in: range, rowLimit: rowLimit) }
    }

    private func newestReadings(in range: Range<Timestamp>, rowLimit: Int) throws(StorageError) -> [ReadingRow] {
        var missing = Set(try series().map(\.id))
        var found: [ReadingRow] = []
        let hot = try HotRows(database, schemaVersion: schemaVersion)
        let cursor = try hot.cursor(of: nil, newestFirst: true)
        try cursor.open(range, limit: rowLimit)
        defer { cursor.close() }
        var rows = 0
        while !missing.isEmpty, let row = try cursor.next() {
            rows += 1
            if missing.remove(row.series) != nil {
                found.append(ReadingRow(.init(series: row.series, reading: row.reading)))
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
        for row in rows + sealed where latest[row.series].map({ $0.time < row.time }) ?? true {
            latest[row.series] = row
        }
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
        note(sealed.damage)
        return found
    }

    private func lastReadings(
        accordingTo tier: Tier, in range: Range<Timestamp>, of missing: inout Set<SeriesID>, rowLimit: Int
    ) throws(StorageError) -> [ReadingRow] {
        let cursor = try aggregateRows.select(tier, in: range, order: .descending)
        var found: [ReadingRow] = []
        var rows = 0
        while !missing.isEmpty, rows < rowLimit, try cursor.step("look for the last readings") {
            rows += 1
            guard missing.contains(cursor.series) else { continue }
            let row = cursor.read()
            let (statistics, direction) = (row.aggregate.statistics, row.aggregate.direction)
            guard let time = statistics?.lastTime ?? direction?.lastTime, let last = row.aggregate.last else {
                continue
            }
            missing.remove(row.series)
            // Retention may have taken the reading itself.
            let standing = try reading(at: time, of: row.series)
            found.append(
                standing
                    ?? ReadingRow(
                        series: row.series, time: time, value: last, flag: .unknown, tests: QualityTests()))
        }
        return found
    }

    private func reading(at time: Timestamp, of series: SeriesID) throws(StorageError) -> ReadingRow? {
        var found: ReadingRow?
        try readings(in: time..<(time + 1), of: [series]) {
            found = $0
            return false
        }
        return found
    }
}
