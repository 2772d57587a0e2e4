public import Telemetry

/// What some series hold, found without a walk through all the others where the order of the rows allows it.
extension StoreReader {
    /// The aggregates of one series whose windows begin within a range, ordered by start.
    ///
    /// Each is looked up by its key: as many steps as the range has windows, however many series the file has.
    public func windows(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID
    ) throws(StorageError) -> [StoredAggregate] {
        var found: [StoredAggregate] = []
        try aggregates(tier, in: range, series: series) {
            found.append($0)
            return true
        }
        return found
    }

    /// How many minutes of series with late readings are still to be computed: figures change until then.
    public func lateWindowCount() throws(StorageError) -> Int {
        Int(try database.integer("SELECT count(*) FROM late_windows") ?? 0)
    }

    /// The last usable value of a counter in a minute that ends at or before a time; nil where there is none.
    public func lastCount(
        of series: SeriesID, before time: Timestamp
    ) throws(StorageError) -> (value: Double, time: Timestamp)? {
        if schemaVersion < 4 { return try oldLastCount(of: series, before: time) }
        let select = try database.prepare("SELECT first_time, counted FROM series WHERE id = ?1")
        select.bind(1, series)
        guard try select.step("find a series") else { return nil }
        let search = try MinuteSearch(database)
        if !select.isNull(1) {
            let until = try CountedMinutes.until(in: database)
            search.note(silence: CountedMinutes.silence(after: select.timestamp(1), until: until), of: series)
        }
        let first = AggregateKeys.minutes.step(of: select.isNull(0) ? .distantPast : select.timestamp(0))
        let end = AggregateKeys.minutes.step(of: time)
        return try search.last(of: series, in: first..<max(first, end))
    }

    private func oldLastCount(
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
