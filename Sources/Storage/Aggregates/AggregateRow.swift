import Telemetry

/// An aggregate as a row of its tier's table: see ``AggregateTable``.
///
/// Where there is a distribution it is all that is written of the percentiles, which follow from it. What is the same in
/// most rows is not written either: a row of a minute is written each minute for each series.
enum AggregateRow {
    // MARK: - Writing

    /// Parameters of ``AggregateTable/common``, ``AggregateTable/rare`` and ``AggregateTable/daily``, after the row's number.
    static let commonParameter: Int32 = 2
    static let rareParameter = commonParameter + Int32(AggregateTable.common.count)
    static let dailyParameter = rareParameter + Int32(AggregateTable.rare.count)

    static func bindCommon(_ aggregate: Aggregate, series: SeriesID, revision: Int, to statement: Statement) {
        let start = aggregate.window.start
        let (statistics, direction) = (aggregate.statistics, aggregate.direction)
        let scale = scale(of: aggregate)
        func after(_ time: Timestamp?) -> Int64? { time.map { $0.milliseconds &- start.milliseconds } }
        statement.bind(1, AggregateKeys(aggregate.window.tier).id(start, series))
        statement.bind(2, aggregate.count)
        statement.bind(3, aggregate.suspectCount)
        statement.bind(4, aggregate.failCount)
        statement.bind(5, aggregate.expected)
        statement.bind(6, revision)
        statement.bind(7, scale.digits)
        statement.bind(8, statistics?.mean, in: scale)
        statement.bind(9, statistics?.squaredDeviations, in: scale)
        statement.bind(10, statistics?.minimum, in: scale)
        statement.bind(11, after(statistics?.minimumTime))
        statement.bind(12, statistics?.maximum, in: scale)
        statement.bind(13, after(statistics?.maximumTime))
        statement.bind(14, aggregate.first, in: scale)
        statement.bind(15, after(statistics?.firstTime ?? direction?.firstTime))
        statement.bind(16, aggregate.last, in: scale)
        statement.bind(17, after(statistics?.lastTime ?? direction?.lastTime))
        if let distribution = aggregate.distribution {
            statement.bind(18, blob: distribution.bytes)
        } else {
            statement.bindNull(18)
        }
        statement.bind(19, aggregate.increase?.total, in: scale)
        statement.bind(20, aggregate.increase?.since.map { start.milliseconds &- $0.milliseconds })
        statement.bind(21, aggregate.sum, in: scale)
    }

    /// - Returns: whether there is anything of it.
    @discardableResult
    static func bindRare(_ aggregate: Aggregate, series: SeriesID, to statement: Statement) -> Bool {
        let scale = scale(of: aggregate)
        let counts = [aggregate.increase?.resets, aggregate.increase?.wraps].map { $0 == 0 ? nil : $0 }
        let percentiles = aggregate.distribution == nil ? aggregate.percentiles : nil
        let isUsual = aggregate.requiredCoverage == Aggregate.requiredCoverage
        let figures = [
            aggregate.direction?.sine, aggregate.direction?.cosine, percentiles?.p50, percentiles?.p85,
            percentiles?.p95, isUsual ? nil : aggregate.requiredCoverage,
        ]
        statement.bind(1, AggregateKeys(aggregate.window.tier).id(aggregate.window.start, series))
        for (index, count) in counts.enumerated() { statement.bind(rareParameter + Int32(index), count) }
        for (index, figure) in figures.enumerated() {
            statement.bind(rareParameter + Int32(counts.count + index), figure, in: scale)
        }
        return counts.contains { $0 != nil } || figures.contains { $0 != nil }
    }

    static func bindDay(_ window: Window, to statement: Statement) {
        statement.bind(dailyParameter, window.start)
        statement.bind(dailyParameter + 1, window.end)
    }

    /// Of the values that were read, with which the figures that follow from them mostly go.
    private static func scale(of aggregate: Aggregate) -> DecimalScale {
        DecimalScale(holding: [
            aggregate.statistics?.minimum, aggregate.statistics?.maximum, aggregate.first, aggregate.last,
        ])
    }

    // MARK: - Reading

    /// Reads a row of ``AggregateTable/columns``.
    /// - Parameter hasPercentiles: whether they are wanted, and what they follow from, which takes as long as all the rest.
    static func read(_ row: Statement, tier: Tier, hasPercentiles: Bool = true) -> StoredAggregate {
        let (scale, start) = (scale(of: row), row.timestamp(1))
        var aggregate = Aggregate(
            window: Window(tier: tier, start: start, end: row.timestamp(2)), count: Int(row.integer(3)),
            suspectCount: Int(row.integer(4)), failCount: Int(row.integer(5)),
            expected: row.isNull(6) ? nil : Int(row.integer(6)),
            requiredCoverage: row.figure(30, in: scale) ?? Aggregate.requiredCoverage)
        aggregate.statistics = statistics(row, from: start, scale)
        aggregate.direction = direction(row, from: start, scale)
        if let total = row.figure(20, in: scale) {
            aggregate.increase = Aggregate.CounterIncrease(
                total: total, resets: Int(row.integer(23)), wraps: Int(row.integer(24)),
                since: row.isNull(21) ? nil : Timestamp(milliseconds: start.milliseconds &- row.integer(21)))
        }
        aggregate.sum = row.figure(22, in: scale)
        if !hasPercentiles {
            // Nobody asks for them.
        } else if !row.isNull(19) {
            aggregate.distribution = Distribution(bytes: row.blob(19))
            aggregate.percentiles = aggregate.distribution?.percentiles
        } else if let p50 = row.figure(27, in: scale), let p85 = row.figure(28, in: scale),
            let p95 = row.figure(29, in: scale)
        {
            aggregate.percentiles = Percentiles(p50: p50, p85: p85, p95: p95)
        }
        return StoredAggregate(
            series: SeriesID(truncatingIfNeeded: row.integer(0)), aggregate: aggregate, revision: Int(row.integer(7)))
    }

    private static func scale(of row: Statement) -> DecimalScale {
        DecimalScale(digits: min(max(Int(row.integer(8)), 0), DecimalScale.mostDigits))
    }

    private static func time(_ row: Statement, _ column: Int32, after start: Timestamp) -> Timestamp? {
        row.isNull(column) ? nil : Timestamp(milliseconds: start.milliseconds &+ row.integer(column))
    }

    private static func statistics(_ row: Statement, from start: Timestamp, _ scale: DecimalScale) -> Aggregate
        .Statistics?
    {
        guard let mean = row.figure(9, in: scale) else { return nil }
        return Aggregate.Statistics(
            mean: mean, squaredDeviations: row.figure(10, in: scale) ?? 0, minimum: row.figure(11, in: scale) ?? 0,
            minimumTime: time(row, 12, after: start), maximum: row.figure(13, in: scale) ?? 0,
            maximumTime: time(row, 14, after: start),
            first: row.figure(15, in: scale) ?? 0, firstTime: time(row, 16, after: start) ?? start,
            last: row.figure(17, in: scale) ?? 0, lastTime: time(row, 18, after: start) ?? start)
    }

    private static func direction(_ row: Statement, from start: Timestamp, _ scale: DecimalScale) -> DirectionSum? {
        guard let sine = row.figure(25, in: scale), let cosine = row.figure(26, in: scale) else { return nil }
        return DirectionSum(
            sine: sine, cosine: cosine, first: row.figure(15, in: scale) ?? 0,
            firstTime: time(row, 16, after: start) ?? start, last: row.figure(17, in: scale) ?? 0,
            lastTime: time(row, 18, after: start) ?? start)
    }
}

extension DecimalScale {
    /// The one of the fewest digits in which all those values are whole numbers that are that in any.
    init(holding values: [Double?]) {
        var digits = 0
        for case let value? in values where DecimalScale(digits: digits).number(value) == nil {
            digits =
                (digits...DecimalScale.mostDigits).first { DecimalScale(digits: $0).number(value) != nil } ?? digits
        }
        self.init(digits: digits)
    }
}

extension Statement {
    /// Binds a whole number where dividing it gives the same bits again, the value itself elsewhere.
    func bind(_ index: Int32, _ value: Double?, in scale: DecimalScale) {
        if let number = value.flatMap(scale.number) { bind(index, number) } else { bind(index, value) }
    }

    /// What ``bind(_:_:in:)`` wrote.
    func figure(_ column: Int32, in scale: DecimalScale) -> Double? {
        isInteger(column) ? scale.value(integer(column)) : optionalDouble(column)
    }
}
