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

    @Test("gives what a plain sort gives, forwards and backwards", arguments: 0..<12)
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
            let limit = [30, 400, 50_000].randomElement(using: &random)!
            for isNewestFirst in [false, true] {
                var sweep = try ReadingSweep(
                    store.database, hot: store.hot, in: range, of: series, newestFirst: isNewestFirst,
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
                bench.store.database, hot: bench.store.hot, in: .distantPast ..< .distantFuture, of: nil,
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
                bench.store.database, hot: bench.store.hot, in: .distantPast ..< .distantFuture, of: [1],
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
}
