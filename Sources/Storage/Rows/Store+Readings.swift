public import Telemetry

/// What became of a reading that was offered to the store.
public enum InsertOutcome: Hashable, Sendable {
    case stored(at: Timestamp)
    /// The same series has the same value at the same time.
    case duplicate
    /// The same series has another value at the same time, which stays.
    case conflict(existing: Double)
}

/// A series as the file knows it: what its aggregates depend on.
public struct StoredSeries: Hashable, Sendable {
    public var id: SeriesID
    public var rules: AggregationRules
    /// The time of its earliest reading, if it has any.
    public var firstTime: Timestamp?
    public var place: SeriesPlace
    /// How long its windows wait, where that is longer than for all.
    public var latenessMilliseconds: Int64?
}

extension Store {
    /// The file's number for a series, which is entered when it is new.
    public func identify(_ series: Series) throws(StorageError) -> StoredSeries {
        try begin()
        let insert = statements.insertSeries
        insert.bind(1, series.device)
        insert.bind(2, series.quantity.name)
        insert.bind(3, series.quantity.unit)
        insert.bind(4, series.quantity.kind.rawValue)
        insert.bind(5, series.deviceType)
        insert.bind(6, series.intervalMilliseconds)
        insert.bind(7, series.quantity.requiredCoverage)
        insert.bind(8, series.quantity.counterWidth?.bits)
        insert.bind(9, series.quantity.counterWidth?.maximumPerSecond)
        insert.bind(10, series.site)
        insert.bind(11, series.neighbourhood)
        insert.bind(12, series.latenessMilliseconds)
        try insert.run("enter a series")
        let select = statements.selectSeries
        select.bind(1, series.device)
        select.bind(2, series.quantity.name)
        select.bind(3, series.quantity.unit)
        defer { select.reset() }
        try select.step("find a series")
        let stored = select.storedSeries()
        guard AggregateKeys.series.contains(stored.id) else {
            throw StorageError(
                operation: "enter a series", path: path, code: 13,
                cause: "the file has room for \(AggregateKeys.series.count) series, and they are all taken",
                hint: "move the file away while poort is stopped; a new one is made in its place")
        }
        return stored
    }

    /// All series of the file, in the order in which they were entered.
    public func storedSeries() throws(StorageError) -> [StoredSeries] {
        let select = try database.prepare("SELECT \(Statements.seriesColumns) FROM series ORDER BY id")
        var all: [StoredSeries] = []
        while try select.step("read the series") { all.append(select.storedSeries()) }
        return all
    }

    /// Notes the time of a series' earliest reading, before which no counter has a base.
    public func setFirstTime(_ time: Timestamp, of series: SeriesID) throws(StorageError) {
        try begin()
        statements.updateFirstTime.bind(1, series)
        statements.updateFirstTime.bind(2, time)
        try statements.updateFirstTime.run("note a series' first time")
    }

    /// Stores a reading under its series and time.
    ///
    /// A reading that carries the time of receipt gets a later, free millisecond when its own is taken: two messages can
    /// arrive within one, and both count.
    public func insert(_ reading: Reading, series: SeriesID) throws(StorageError) -> InsertOutcome {
        try begin()
        var time = reading.time
        var step: Int64 = 1
        for _ in 0..<Store.receiptAttempts {
            if try insertRow(reading, at: time, series: series) { return .stored(at: time) }
            guard reading.timeOrigin == .receipt else { break }
            time = time + step
            step *= 2
        }
        let existing = try self.reading(at: time, of: series)?.value
        return existing == reading.value && reading.timeOrigin == .device
            ? .duplicate : .conflict(existing: existing ?? .nan)
    }

    /// Steps double, so that even a flood within one millisecond soon finds room.
    private static var receiptAttempts: Int { 24 }

    private func insertRow(_ reading: Reading, at time: Timestamp, series: SeriesID) throws(StorageError) -> Bool {
        if try sealed.reading(at: time, of: series) != nil { return false }
        return try insertRow(
            SealedReading(time: time, value: reading.value, flag: reading.flag, tests: reading.tests), of: series)
    }

    /// The stored reading of a series at a time, a row or sealed.
    func reading(at time: Timestamp, of series: SeriesID) throws(StorageError) -> SealedReading? {
        if let reading = try hotReading(at: time, of: series) { return reading }
        return try sealed.reading(at: time, of: series)
    }

    /// Visits the readings of some series in a stretch of time, those of each in the order of time. What there is of others
    /// may be visited as well.
    public func readings(
        in range: Range<Timestamp>, of series: [SeriesID],
        visit: (_ series: SeriesID, _ time: Timestamp, _ value: Double, _ flag: QualityFlag) -> Void
    ) throws(StorageError) {
        if range.lowerBound <= sealed.end {
            var sweep = try ReadingSweep(database, hot: try hot(), in: range, of: series)
            while try sweep.next() {
                for row in sweep.rows { visit(row.series, row.reading.time, row.reading.value, row.reading.flag) }
            }
            return sealed.note(sweep.damage)
        }
        let cursor = try hotCursor(range)
        defer { cursor.close() }
        while let row = try cursor.next() {
            visit(row.series, row.reading.time, row.reading.value, row.reading.flag)
        }
    }

    /// Visits readings, rows and sealed ones, ordered by time and series; stops when `visit` says false.
    /// - Parameter series: nil for all.
    public func passOver(
        _ range: Range<Timestamp>, of series: [SeriesID]?, newestFirst: Bool = false,
        visit: (StoreReader.ReadingRow) -> Bool
    ) throws(StorageError) {
        let ends = series.map { $0.lazy.map { [sealed] in sealed.end(of: $0) ?? .distantPast }.max() ?? .distantPast }
        var sweep = try ReadingSweep(
            database, hot: try hot(), in: range, of: series, newestFirst: newestFirst, sealedUntil: ends ?? sealed.end)
        defer { sealed.note(sweep.damage) }
        while try sweep.next() {
            for row in sweep.rows where !visit(StoreReader.ReadingRow(row)) { return }
        }
    }

    /// Whether a stretch of time has no more readings than so many: rows of all series, and sealed ones of some.
    public func hasReadings(
        atMost limit: Int, in range: Range<Timestamp>, of series: [SeriesID]
    ) throws(StorageError) -> Bool {
        var count = 0
        for id in series where count <= limit {
            count += try sealed.segments(of: id, in: range).reduce(0) { $0 + $1.count }
        }
        guard count <= limit else { return false }
        return try !piece(of: range, limit: limit - count).isCut
    }

    /// The minutes that hold readings from a time on, with the series that have them there.
    public func minutesWithReadings(
        from start: Timestamp, visit: (_ minute: Timestamp, _ series: SeriesID) -> Void
    ) throws(StorageError) {
        let cursor = try hotCursor(start ..< .distantFuture)
        defer { cursor.close() }
        var visited: Set<SeriesID> = []
        var minute: Timestamp?
        while let (series, reading) = try cursor.next() {
            let start = Timestamp(milliseconds: reading.time.milliseconds.flooredQuotient(60_000) * 60_000)
            if start != minute { visited.removeAll(keepingCapacity: true) }
            minute = start
            if visited.insert(series).inserted { visit(start, series) }
        }
    }
}

extension Statement {
    /// Reads a row of ``Statements/seriesColumns``.
    fileprivate func storedSeries() -> StoredSeries {
        let width = optionalDouble(6).flatMap {
            CounterWidth(bits: Int(integer(5)), maximumPerSecond: $0)
        }
        let rules = AggregationRules(
            kind: Quantity.Kind(rawValue: text(1)) ?? .gauge,
            requiredCoverage: optionalDouble(4) ?? Aggregate.requiredCoverage,
            intervalMilliseconds: isNull(2) ? nil : integer(2), counterWidth: width)
        let place = SeriesPlace(
            device: text(7), quantity: text(8), unit: text(9), site: text(10), neighbourhood: text(11))
        return StoredSeries(
            id: SeriesID(integer(0)), rules: rules, firstTime: isNull(3) ? nil : timestamp(3), place: place,
            latenessMilliseconds: isNull(12) ? nil : integer(12))
    }
}
