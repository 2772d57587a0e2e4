public import Telemetry

/// What some series hold, found without a walk through all the others where the order of the rows allows it.
extension StoreReader {
    /// The aggregates of one series whose windows begin within a range, ordered by start.
    ///
    /// Rows lie by tier, start and series, so each of a series' windows is looked up by its key: as many steps as the
    /// range has windows, however many series the file has.
    public func windows(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID
    ) throws(StorageError) -> [StoredAggregate] {
        var found: [StoredAggregate] = []
        // Local days begin where the calendar says, and are few.
        guard tier != .day, let known = try knownSpan(of: tier) else {
            try aggregates(tier, in: range, series: series) {
                found.append($0)
                return true
            }
            return found
        }
        let width = Int64(tier.rawValue) * 1000
        let begin = max(range.lowerBound.milliseconds, known.lowerBound.milliseconds)
        let first = -((-begin).flooredQuotient(width)) * width
        let select = try database.prepare(
            """
            WITH RECURSIVE starts(at) AS (SELECT ?1 WHERE ?1 < ?2 UNION ALL SELECT at + ?3 FROM starts WHERE at + ?3 < ?2)
            SELECT \(AggregateRow.columns(schemaVersion: schemaVersion)) FROM starts CROSS JOIN aggregates
            ON tier = ?4 AND start = at AND series = ?5
            """)
        select.bind(1, first)
        select.bind(2, min(range.upperBound.milliseconds, known.upperBound.milliseconds + 1))
        select.bind(3, width)
        select.bind(4, tier.rawValue)
        select.bind(5, series)
        while try select.step("read aggregates") { found.append(AggregateRow.read(select)) }
        return found
    }

    /// The first and the last start of a tier's windows, of all series.
    private func knownSpan(of tier: Tier) throws(StorageError) -> ClosedRange<Timestamp>? {
        guard
            let first = try database.integer("SELECT min(start) FROM aggregates WHERE tier = \(tier.rawValue)"),
            let last = try database.integer("SELECT max(start) FROM aggregates WHERE tier = \(tier.rawValue)"),
            first <= last
        else { return nil }
        return Timestamp(milliseconds: first)...Timestamp(milliseconds: last)
    }

    /// How many minutes of series with late readings are still to be computed: figures change until then.
    public func lateWindowCount() throws(StorageError) -> Int {
        Int(try database.integer("SELECT count(*) FROM late_windows") ?? 0)
    }

    /// The last usable value of a counter in a minute that ends at or before a time; nil where there is none.
    public func lastCount(
        of series: SeriesID, before time: Timestamp
    ) throws(StorageError) -> (value: Double, time: Timestamp)? {
        let select = try database.prepare(
            """
            SELECT last, last_time FROM aggregates WHERE tier = 60 AND increase IS NOT NULL AND series = ?1
            AND start <= ?2 ORDER BY start DESC LIMIT 1
            """)
        select.bind(1, series)
        select.bind(2, time - 60_000)
        return try select.step("find a counter's last value") ? (select.double(0), select.timestamp(1)) : nil
    }
}
