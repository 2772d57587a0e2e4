public import Telemetry

/// An aggregate as it stands in the file.
public struct StoredAggregate: Hashable, Sendable {
    public var series: SeriesID
    public var aggregate: Aggregate
    /// 1 at first, one more each time that late readings changed it.
    public var revision: Int
}

extension Store {
    /// Writes an aggregate, with a new revision if it differs from the one that stands there.
    /// - Returns: the revision written, or nil when nothing changed.
    public func write(_ aggregate: Aggregate, series: SeriesID) throws(StorageError) -> Int? {
        try begin()
        let statements = aggregateTables[aggregate.window.tier]
        if aggregate.window.tier == .minute, aggregate.increase != nil {
            try counted.note(aggregate.window.start, of: series)
        }
        if try statements.insert(aggregate, series: series) {
            changes.note(aggregate.window, series: series, revision: 1)
            return 1
        }
        guard let standing = try statements.aggregate(start: aggregate.window.start, series: series) else { return nil }
        if standing.aggregate == aggregate { return nil }
        try statements.replace(with: aggregate, series: series, revision: standing.revision + 1)
        changes.note(aggregate.window, series: series, revision: standing.revision + 1)
        return standing.revision + 1
    }

    /// One series' aggregate of one window, if it was written.
    public func aggregate(_ window: Window, series: SeriesID) throws(StorageError) -> StoredAggregate? {
        try aggregate(window.tier, start: window.start, series: series)
    }

    /// One series' aggregate of the window of a tier that begins at that time, if it was written.
    public func aggregate(
        _ tier: Tier, start: Timestamp, series: SeriesID
    ) throws(StorageError) -> StoredAggregate? {
        try aggregateTables[tier].aggregate(start: start, series: series)
    }

    /// The last usable value of a counter, with its time, in the minutes that begin within a range.
    public func lastCount(
        of series: SeriesID, in range: Range<Timestamp>
    ) throws(StorageError) -> (value: Double, time: Timestamp)? {
        try counted.read()
        let minutes = AggregateKeys.minutes.steps(in: range)
        return try counted.search.last(of: series, in: minutes)
    }

    /// The first minute after a time and before a limit in which a series has usable readings.
    public func minute(after start: Timestamp, before limit: Timestamp, of series: SeriesID) throws(StorageError)
        -> Timestamp?
    {
        try counted.read()
        guard start < limit else { return nil }
        let minutes = AggregateKeys.minutes.steps(in: start + 1..<limit)
        return try counted.search.first(of: series, in: minutes).map {
            AggregateKeys.minutes.time($0)
        }
    }

    /// The windows of a tier within a range that were written, with their series, as they lie in the file.
    public func writtenWindows(
        _ tier: Tier, in range: Range<Timestamp>, visit: (_ start: Timestamp, _ series: SeriesID) -> Void
    ) throws(StorageError) {
        let table = AggregateTable(tier)
        let select = try database.prepare(
            "SELECT \(table.key) FROM \(table.name) WHERE \(table.condition) ORDER BY \(table.name).id")
        table.bind(range, to: select)
        while try select.step("look for unfinished windows") {
            visit(select.timestamp(1), SeriesID(truncatingIfNeeded: select.integer(0)))
        }
    }

    /// Remembers that a closed minute must be computed again.
    /// - Parameter since: when its first late reading came.
    public func markLate(minute start: Timestamp, series: SeriesID, since: Timestamp) throws(StorageError) {
        try begin()
        statements.insertLate.bind(1, start)
        statements.insertLate.bind(2, series)
        statements.insertLate.bind(3, since)
        try statements.insertLate.run("mark a late window")
    }

    /// Removes the marks of all series for a minute that has been computed again.
    public func clearLate(minute start: Timestamp) throws(StorageError) {
        try begin()
        statements.deleteLate.bind(1, start)
        try statements.deleteLate.run("clear a late window")
    }

    /// Visits the closed minutes that must be computed again, by series, with the time since when, the earliest first.
    public func lateWindows(
        visit: (_ minute: Timestamp, _ series: SeriesID, _ since: Timestamp) -> Void
    ) throws(StorageError) {
        let select = try database.prepare("SELECT start, series, since FROM late_windows ORDER BY since, start, series")
        while try select.step("read the late windows") {
            visit(select.timestamp(0), SeriesID(select.integer(1)), select.timestamp(2))
        }
    }
}
