import Processing
import Storage
import Telemetry
import TestKit

/// Days of 500 series: a segment an hour of each, as of a street that sends each ten seconds, and its hourly aggregates. One
/// of the series has the 360 readings that such a street has in them, the others four, so that it is made in a minute.
///
/// Beside it the same readings, and the same figures of the hours, in plain tables keyed by series and time.
struct YearFile {
    let path: String
    let plain: String
    let days: Int
    static let seriesCount: SeriesID = 500
    /// The series that is looked for.
    static let wanted: SeriesID = 250
    static let wantedInHour: Int64 = 360
    static let othersInHour: Int64 = 4
    static let start = Timestamp(rfc3339: "2026-01-01T00:00:00Z")!
    static let hour: Int64 = 3_600_000

    private static let plainHours = """
        CREATE TABLE plain_hours(series INTEGER, start INTEGER, count INTEGER, suspect INTEGER, fail INTEGER, mean REAL,
        minimum REAL, maximum REAL, first REAL, last REAL, deviations REAL, p50 REAL, p85 REAL, p95 REAL,
        PRIMARY KEY(series, start)) WITHOUT ROWID
        """

    init(directory: String, days: Int, progress: ProgressLine) throws {
        path = directory + "/year.db"
        plain = directory + "/plain-year.db"
        self.days = days
        let store = try Store(path: path)
        for number in 0..<YearFile.seriesCount {
            let quantity = QuantityCatalogue()[["pm2_5", "no2", "temperature", "humidity"][Int(number) % 4]]!
            _ = try store.identify(Series(number: 0, device: "aq-\(number / 4)", quantity: quantity))
        }
        try store.commit()
        let segments = try PlainConnection(path: path, hasChecksums: true)
        let table = try PlainConnection(path: plain)
        try table.execute("PRAGMA journal_mode = WAL; \(PlainStreet.table); \(YearFile.plainHours)")
        for connection in [segments, table] {
            try connection.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        }
        for day in 0..<days {
            progress.show("a year: day \(day) of \(days)")
            let points = YearFile.points(ofDay: day)
            try YearFile.write(points, to: store, table)
            try YearFile.seal(points, in: segments)
            try YearFile.insert(points, in: table)
        }
    }

    /// Of one series in one hour.
    private struct Points {
        var hour: Timestamp
        var series: SeriesID
        var points: [(time: Timestamp, value: Double)]
    }

    private static func points(ofDay day: Int) -> [Points] {
        (0..<24).flatMap { hourOfDay in
            (1...seriesCount).map { series in
                let hour = start + (Int64(day) * 24 + Int64(hourOfDay)) * YearFile.hour
                let count = series == wanted ? wantedInHour : othersInHour
                var synthetic = SyntheticSeries(start: hour, seed: UInt64(series) + UInt64(hour.milliseconds))
                return Points(
                    hour: hour, series: series,
                    points: synthetic.points(count: count, interval: YearFile.hour / count) { $0.tenths() })
            }
        }
    }

    private static func write(_ all: [Points], to store: Store, _ table: PlainConnection) throws {
        try table.execute("BEGIN")
        let insert = try table.prepare(
            "INSERT INTO plain_hours VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")
        for one in all {
            let interval = hour / Int64(one.points.count)
            var accumulator = WindowAccumulator(
                window: Window(tier: .hour, start: one.hour, end: one.hour + hour),
                rules: AggregationRules(kind: .gauge, intervalMilliseconds: interval))
            for point in one.points { accumulator.add(time: point.time, value: point.value, flag: .good) }
            let aggregate = accumulator.result
            _ = try store.write(aggregate, series: one.series)
            try insert.run(aggregate, series: one.series)
        }
        try store.commit()
        try table.execute("COMMIT")
    }

    private static func seal(_ all: [Points], in connection: PlainConnection) throws {
        try connection.execute("BEGIN")
        let insert = try connection.prepare(
            "INSERT INTO segments(id, series, first_time, last_time, count, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        for one in all {
            var builder = SegmentBuilder(series: one.series)
            for point in one.points {
                try builder.append(
                    SealedReading(
                        time: point.time, value: point.value, flag: .good, tests: QualityTests(bits: usualTests)))
            }
            // The hour, the series and a running number.
            insert.bind(1, (one.hour.milliseconds / hour) << 43 | Int64(one.series) << 12)
            insert.bind(2, Int64(one.series))
            insert.bind(3, one.points[0].time.milliseconds)
            insert.bind(4, one.points[one.points.count - 1].time.milliseconds)
            insert.bind(5, Int64(one.points.count))
            insert.bind(6, try builder.seal())
            try insert.run()
        }
        try connection.execute("COMMIT")
    }

    private static let usualTests: Int64 = 0x1_1111

    private static func insert(_ all: [Points], in connection: PlainConnection) throws {
        try connection.execute("BEGIN")
        let insert = try connection.prepare(PlainStreet.insert)
        for one in all {
            for point in one.points {
                insert.bind(1, Int64(one.series))
                insert.bind(2, point.time.milliseconds)
                insert.bind(3, point.value)
                insert.bind(4, Int64(QualityFlag.good.rawValue))
                insert.bind(5, usualTests)
                try insert.run()
            }
        }
        try connection.execute("COMMIT")
    }
}

extension PlainStatement {
    /// For the table of hours.
    fileprivate func run(_ aggregate: Aggregate, series: SeriesID) throws {
        bind(1, Int64(series))
        bind(2, aggregate.window.start.milliseconds)
        bind(3, Int64(aggregate.count))
        bind(4, Int64(aggregate.suspectCount))
        bind(5, Int64(aggregate.failCount))
        let (statistics, percentiles) = (aggregate.statistics, aggregate.percentiles)
        let figures = [
            statistics?.mean, statistics?.minimum, statistics?.maximum, statistics?.first, statistics?.last,
            statistics?.squaredDeviations, percentiles?.p50, percentiles?.p85, percentiles?.p95,
        ]
        for (index, figure) in figures.enumerated() { bind(Int32(6 + index), figure) }
        try run()
    }
}
