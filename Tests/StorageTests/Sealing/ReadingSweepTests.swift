import CSQLite
@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Passing over readings")
struct ReadingSweepTests {
    private struct Row: Hashable {
        var time: Timestamp
        var series: SeriesID
        var value: Double
    }

    @Test("gives what a plain sort gives, forwards and backwards", arguments: 0..<8)
    func plainSort(round: Int) throws {
        var random = SeededGenerator(seed: 0x5EE9 + UInt64(round))
        let file = try SealedFile(devices: round % 3 == 0 ? 50 : 2)
        try file.fill(days: round % 3 == 0 ? 1 : 5, &random)
        let store = try Store(path: file.path)
        try store.database.execute(
            "UPDATE series SET sealed_until = (SELECT max(last_time) FROM segments WHERE series = series.id)",
            operation: "test")
        store.rollback()
        let all = file.readings.map { Row(time: Timestamp(milliseconds: $0.time), series: $0.series, value: $0.value) }
            .sorted { ($0.time, $0.series) < ($1.time, $1.series) }
        for _ in 0..<6 {
            let range = self.range(all, &random)
            let count = Int.random(in: 0...file.series.count, using: &random)
            let series = Bool.random(using: &random) ? nil : Array(file.series.shuffled(using: &random).prefix(count))
            let expected = all.filter { range.contains($0.time) && series?.contains($0.series) ?? true }
            let limit = [60, 400, 50_000].randomElement(using: &random)!
            for isNewestFirst in [false, true] {
                var sweep = try ReadingSweep(
                    store.database, hot: try store.hot(), in: range, of: series, newestFirst: isNewestFirst,
                    sealedUntil: store.sealed.end, rowLimit: limit)
                var found: [Row] = []
                while try sweep.next() {
                    found += sweep.rows.map { Row(time: $0.reading.time, series: $0.series, value: $0.reading.value) }
                }
                let isSame = found == (isNewestFirst ? expected.reversed() : expected)
                #expect(
                    isSame,
                    "round \(round): \(found.count) of \(expected.count) in \(range), newest first: \(isNewestFirst)")
                #expect(sweep.damage.isEmpty)
            }
        }
    }

    private func range(_ all: [Row], _ random: inout SeededGenerator) -> Range<Timestamp> {
        let ends = (0..<2).map { _ in
            [all.randomElement(using: &random)!.time, .distantPast, .distantFuture].randomElement(using: &random)!
                .milliseconds
        }.sorted()
        let first = Timestamp(milliseconds: ends[0])
        return first..<max(first, Timestamp(milliseconds: ends[1]))
    }

    @Test("holds no more rows at a time than a limit, but for those of one moment")
    func limit() throws {
        let bench = try SealingBench(seriesCount: 30)
        for series in 1...30 as ClosedRange<SeriesID> { try bench.fill(50, every: 1000, series: series) }
        for isNewestFirst in [false, true] {
            var sweep = try ReadingSweep(
                bench.store.database, hot: try bench.store.hot(), in: .distantPast ..< .distantFuture, of: nil,
                newestFirst: isNewestFirst, rowLimit: 100)
            var (count, most) = (0, 0)
            while try sweep.next() {
                count += sweep.rows.count
                most = max(most, sweep.rows.count)
            }
            #expect(count == 1500)
            #expect(most <= 100)
        }
    }

    @Test("of one series among thousands of hours of others' looks at few statements")
    func sparseAmongOthers() throws {
        let bench = try SealingBench()
        try bench.fill(48, every: 1000)
        for day in 0..<300 as Range<Int64> {
            try bench.fill(48, from: SealingBench.start + day * 24 * SealingBench.hour, every: 1000, series: 2)
        }
        try bench.seal(before: SealingBench.start + 400 * 24 * SealingBench.hour)
        for isNewestFirst in [false, true] {
            var sweep = try ReadingSweep(
                bench.store.database, hot: try bench.store.hot(), in: .distantPast ..< .distantFuture, of: [1],
                newestFirst: isNewestFirst)
            var (pieces, count) = (0, 0)
            while try sweep.next() {
                pieces += 1
                count += sweep.rows.count
            }
            #expect(count == 48)
            #expect(pieces < 60, "of a day and a few hours, not of a year")
        }
    }

    /// Or a silent sensor's year would be read for hours.
    @Test("passes over the rows of others once, not for each hour", arguments: [false, true])
    func othersRows(isNewestFirst: Bool) throws {
        let bench = try SealingBench()
        let (start, hour) = (SealingBench.start, SealingBench.hour)
        for part in 0..<100 as Range<Int64> { try bench.fill(48, from: start + part * hour, every: 1000) }
        try bench.seal(before: start + 101 * hour)
        // On either side of them, so that they are ahead in both directions.
        for part in [-200, 200] as [Int64] { try bench.fill(5000, from: start + part * hour, every: 1000, series: 2) }
        let database = bench.store.database
        let steps = Steps(of: database)
        var sweep = try ReadingSweep(
            database, hot: try bench.store.hot(), in: .distantPast ..< .distantFuture, of: [1],
            newestFirst: isNewestFirst)
        var count = 0
        while try sweep.next() { count += sweep.rows.count }
        #expect(count == 4800)
        // A hundred hours of 5000 rows would be some million steps.
        #expect(steps.count < 300_000, "\(steps.count)")
    }

    @Test("of a stretch of time ends with it, though no row of the series follows")
    func noRowBehind() throws {
        let bench = try SealingBench()
        try bench.fill(48)
        try bench.fill(20_000, from: SealingBench.start + 1_000_000, every: 1000, series: 2)
        let steps = Steps(of: bench.store.database)
        for minute in 0..<20 as Range<Int64> {
            let first = SealingBench.start + minute * 60_000
            var sweep = try ReadingSweep(
                bench.store.database, hot: try bench.store.hot(), in: first..<(first + 60_000), of: [1])
            while try sweep.next() {}
        }
        #expect(steps.count < 100_000, "\(steps.count)")
    }
}

/// Counts what SQLite's machine does for a connection, in its own steps. Source: https://www.sqlite.org/c3ref/progress_handler.html
private final class Steps {
    private let database: Database
    private(set) var count = 0

    init(of database: Database) {
        self.database = database
        let this = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            database.handle, 100,
            { this in
                Unmanaged<Steps>.fromOpaque(this!).takeUnretainedValue().count += 100
                return 0
            }, this)
    }

    deinit { sqlite3_progress_handler(database.handle, 0, nil, nil) }
}
