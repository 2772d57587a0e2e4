import Telemetry

/// An aggregate as a row of the table `aggregates`.
///
/// Where there is a distribution it is all that is written of the percentiles, which follow from it. What is the same in
/// most rows is not written either: a row of a minute is written each minute for each series.
enum AggregateRow {
    private static let firstColumns = [
        "tier", "start", "series", "end", "count", "suspect", "fail", "expected", "mean", "squared_deviations",
        "minimum",
        "maximum", "first", "first_time", "last", "last_time", "increase", "resets", "revision",
    ]
    /// Those that schema version 3 added.
    private static let laterColumns = [
        "minimum_time", "maximum_time", "p50", "p85", "p95", "distribution", "sum", "sine", "cosine", "wraps",
        "required_coverage", "increase_since",
    ]

    /// What to select, for ``read(_:)``.
    /// - Parameter schemaVersion: the file's, for those who read one that the daemon has not brought up to date yet.
    static func columns(schemaVersion: Int64 = Schema.currentVersion) -> String {
        (firstColumns + laterColumns.map { schemaVersion < 3 ? "NULL AS \($0)" : $0 }).joined(separator: ", ")
    }

    /// As many as there are columns.
    static var parameters: String {
        (1...firstColumns.count + laterColumns.count).map { "?\($0)" }.joined(separator: ", ")
    }

    // MARK: - Writing

    static func bind(_ aggregate: Aggregate, series: SeriesID, revision: Int, to statement: Statement) {
        let start = aggregate.window.start
        statement.bind(1, aggregate.window.tier.rawValue)
        statement.bind(2, start)
        statement.bind(3, series)
        statement.bind(4, aggregate.window.end)
        statement.bind(5, aggregate.count)
        statement.bind(6, aggregate.suspectCount)
        statement.bind(7, aggregate.failCount)
        statement.bind(8, aggregate.expected)
        let (statistics, direction) = (aggregate.statistics, aggregate.direction)
        statement.bind(9, statistics?.mean)
        statement.bind(10, statistics?.squaredDeviations)
        statement.bind(11, statistics?.minimum)
        statement.bind(12, statistics?.maximum)
        statement.bind(13, aggregate.first)
        statement.bind(14, (statistics?.firstTime ?? direction?.firstTime)?.milliseconds)
        statement.bind(15, aggregate.last)
        statement.bind(16, (statistics?.lastTime ?? direction?.lastTime)?.milliseconds)
        statement.bind(17, aggregate.increase?.total)
        statement.bind(18, aggregate.increase?.resets)
        statement.bind(19, revision)
        statement.bind(20, statistics?.minimumTime.map { $0 - start })
        statement.bind(21, statistics?.maximumTime.map { $0 - start })
        bindPercentiles(of: aggregate, to: statement)
        statement.bind(26, aggregate.sum)
        statement.bind(27, direction?.sine)
        statement.bind(28, direction?.cosine)
        statement.bind(29, aggregate.increase.flatMap { $0.wraps == 0 ? nil : $0.wraps })
        let isUsual = aggregate.requiredCoverage == Aggregate.requiredCoverage
        statement.bind(30, isUsual ? nil : aggregate.requiredCoverage)
        statement.bind(31, aggregate.increase?.since.map { start - $0 })
    }

    private static func bindPercentiles(of aggregate: Aggregate, to statement: Statement) {
        let percentiles = aggregate.distribution == nil ? aggregate.percentiles : nil
        statement.bind(22, percentiles?.p50)
        statement.bind(23, percentiles?.p85)
        statement.bind(24, percentiles?.p95)
        if let distribution = aggregate.distribution {
            statement.bind(25, blob: distribution.bytes)
        } else {
            statement.bindNull(25)
        }
    }

    // MARK: - Reading

    /// Reads a row of ``columns(schemaVersion:)``.
    static func read(_ row: Statement) -> StoredAggregate {
        let tier = Tier(rawValue: Int32(truncatingIfNeeded: row.integer(0))) ?? .minute
        var aggregate = Aggregate(
            window: Window(tier: tier, start: row.timestamp(1), end: row.timestamp(3)), count: Int(row.integer(4)),
            suspectCount: Int(row.integer(5)), failCount: Int(row.integer(6)),
            expected: row.isNull(7) ? nil : Int(row.integer(7)),
            requiredCoverage: row.optionalDouble(29) ?? Aggregate.requiredCoverage)
        aggregate.statistics = statistics(row)
        aggregate.direction = direction(row)
        if !row.isNull(16) {
            aggregate.increase = Aggregate.CounterIncrease(
                total: row.double(16), resets: Int(row.integer(17)), wraps: Int(row.integer(28)),
                since: row.isNull(30) ? nil : Timestamp(milliseconds: row.integer(1) &- row.integer(30)))
        }
        aggregate.sum = row.optionalDouble(25)
        if !row.isNull(24) {
            aggregate.distribution = Distribution(bytes: row.blob(24))
            aggregate.percentiles = aggregate.distribution?.percentiles
        } else if let p50 = row.optionalDouble(21), let p85 = row.optionalDouble(22), let p95 = row.optionalDouble(23) {
            aggregate.percentiles = Percentiles(p50: p50, p85: p85, p95: p95)
        }
        return StoredAggregate(
            series: SeriesID(truncatingIfNeeded: row.integer(2)), aggregate: aggregate, revision: Int(row.integer(18)))
    }

    private static func statistics(_ row: Statement) -> Aggregate.Statistics? {
        guard let mean = row.optionalDouble(8) else { return nil }
        let start = row.integer(1)
        func time(_ column: Int32) -> Timestamp? {
            row.isNull(column) ? nil : Timestamp(milliseconds: start &+ row.integer(column))
        }
        return Aggregate.Statistics(
            mean: mean, squaredDeviations: row.double(9), minimum: row.double(10), minimumTime: time(19),
            maximum: row.double(11), maximumTime: time(20), first: row.double(12), firstTime: row.timestamp(13),
            last: row.double(14), lastTime: row.timestamp(15))
    }

    private static func direction(_ row: Statement) -> DirectionSum? {
        guard let sine = row.optionalDouble(26), let cosine = row.optionalDouble(27) else { return nil }
        return DirectionSum(
            sine: sine, cosine: cosine, first: row.double(12), firstTime: row.timestamp(13), last: row.double(14),
            lastTime: row.timestamp(15))
    }
}
