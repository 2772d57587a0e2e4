@testable import Storage
import Telemetry
import TestKit
import Testing

/// Hours lie in groups of starts, and come in the order in which they are asked for all the same.
@Suite("Hours of many series")
struct HourWalkTests {
    private let directory = TemporaryDirectory()
    private let random = SeededGenerator.fromEnvironment()
    private static let hour: Int64 = 3_600_000

    /// What is in the file, by start and series.
    private struct Hours {
        var store: Store
        var kept: [StoredAggregate] = []

        func starts() -> [[Int64]] { kept.map { [$0.aggregate.window.start.milliseconds, Int64($0.series)] } }
    }

    /// Around 1970 and far from it, with holes of single hours and of whole groups, written in any order.
    private func written(_ random: inout SeededGenerator) throws -> Hours {
        let store = try Store(path: directory.file("poort.db"))
        var all: [StoredAggregate] = []
        for number in 0..<9 {
            let id = try store.identify(
                Series(number: 0, device: "d\(number)", quantity: QuantityCatalogue()["pm10"]!)
            ).id
            for hour in [Int64](-30..<30) + [-70, 500, 501, 4321] where hour % 17 < 12 {
                guard Int.random(in: 0..<3, using: &random) > 0 else { continue }
                let window = Window(
                    .hour, holding: Timestamp(milliseconds: hour * HourWalkTests.hour), days: .utc)
                all.append(
                    StoredAggregate(
                        series: id, aggregate: Aggregate(window: window, count: all.count, suspectCount: number),
                        revision: 1))
            }
        }
        for stored in all.shuffled(using: &random) {
            #expect(try store.write(stored.aggregate, series: stored.series) == 1)
        }
        try store.commit()
        all.sort { ($0.aggregate.window.start, $0.series) < ($1.aggregate.window.start, $1.series) }
        return Hours(store: store, kept: all)
    }

    private func windows(_ cursor: AggregateCursor?) throws -> [StoredAggregate] {
        var found: [StoredAggregate] = []
        while try cursor?.step("read hours") ?? false { found.append(cursor!.read()) }
        return found
    }

    private func ranges(_ random: inout SeededGenerator) -> [Range<Timestamp>] {
        [.distantPast ..< .distantFuture]
            + (0..<60).map { _ in
                let first = Int64.random(in: -80...40, using: &random) * HourWalkTests.hour
                let offset = ([0, 0, -1, 1, 1000] as [Int64]).randomElement(using: &random)!
                let count = Int64.random(in: 0...30, using: &random) * HourWalkTests.hour
                return Timestamp(milliseconds: first + offset)..<Timestamp(milliseconds: first + offset + count)
            }
    }

    @Test("come by start and series, either way, also where a range begins or ends within a group")
    func order() throws {
        var random = self.random
        let hours = try written(&random)
        let rows = AggregateRows(hours.store.database, schemaVersion: Schema.currentVersion)
        for range in ranges(&random) {
            let within = hours.kept.filter { range.contains($0.aggregate.window.start) }
            #expect(try windows(rows.select(.hour, in: range)) == within, "seed \(random.seed)")
            #expect(
                try windows(rows.select(.hour, in: range, order: .descending)) == within.reversed(),
                "seed \(random.seed)")
            let any = try windows(rows.select(.hour, in: range, order: .any))
            #expect(any.count == within.count && Set(any) == Set(within), "seed \(random.seed)")
            for series in [[4], [1, 5], [2, 3, 9], [77], [SeriesID]()] {
                let expected = within.filter { series.contains($0.series) }
                let up = try windows(rows.selectEach(.hour, in: range, of: series))
                let down = try windows(rows.selectEach(.hour, in: range, of: series, order: .descending))
                let any = try windows(rows.selectEach(.hour, in: range, of: series, order: .any))
                #expect(up == expected && down == expected.reversed(), "seed \(random.seed) \(series)")
                #expect(any.count == expected.count && Set(any) == Set(expected), "seed \(random.seed)")
            }
        }
        var written: Set<[Int64]> = []
        let range = Timestamp(milliseconds: -5 * HourWalkTests.hour)..<Timestamp(milliseconds: 6 * HourWalkTests.hour)
        try hours.store.writtenWindows(.hour, in: range) { written.insert([$0.milliseconds, Int64($1)]) }
        let expected = hours.kept.filter { range.contains($0.aggregate.window.start) }
        #expect(written == Set(expected.map { [$0.aggregate.window.start.milliseconds, Int64($0.series)] }))
        #expect(try hours.store.reader.oldestAggregate(.hour) == hours.kept.first?.aggregate.window.start)
    }

    @Test("are of one moment, though they are read with many statements")
    func moment() throws {
        var random = self.random
        let hours = try written(&random)
        let reader = try StoreReader(path: hours.store.path)
        var found: [StoredAggregate] = []
        try reader.aggregates(.hour, in: .distantPast ..< .distantFuture) { row in
            found.append(row)
            if found.count == 5 {
                #expect(throws: Never.self) {
                    _ = try hours.store.removeAggregates(.hour, before: .distantFuture, limit: .max)
                    try hours.store.commit()
                }
            }
            return true
        }
        #expect(found == hours.kept, "seed \(random.seed)")
        #expect(try reader.oldestAggregate(.hour) == nil)
    }

    @Test("come to SQL in the order that it asks for, without sorting")
    func sql() throws {
        var random = self.random
        let hours = try written(&random)
        let session = try SQLSession(path: hours.store.path)
        let select = "SELECT start, series FROM aggregates WHERE tier = '1h'"
        let all = hours.starts()
        for (condition, holds) in [
            ("", { _ in true }), ("AND series = 3", { $0[1] == 3 }),
            ("AND series IN (3, 8, 9)", { [3, 8, 9].contains($0[1]) }),
            (
                "AND start >= \(-3 * HourWalkTests.hour) AND start < \(9 * HourWalkTests.hour)",
                { (-3 * HourWalkTests.hour..<9 * HourWalkTests.hour).contains($0[0]) }
            ),
        ] as [(String, ([Int64]) -> Bool)] {
            let expected = all.filter(holds).map { $0.map(String.init) }
            for (order, rows) in [("start, series", expected), ("start DESC, series DESC", expected.reversed())] {
                let statement = "\(select) \(condition) ORDER BY \(order)"
                #expect(try session.rows(statement) == rows, "seed \(random.seed) \(statement)")
                #expect(try !session.plan(statement).contains("B-TREE"))
            }
            let any = try session.rows("\(select) \(condition)")
            #expect(any.count == expected.count && Set(any) == Set(expected), "seed \(random.seed) \(condition)")
        }
    }

    @Test("are removed start by start from within their group, as many as are asked for and not many more")
    func removal() throws {
        var random = self.random
        var hours = try written(&random)
        while !hours.kept.isEmpty {
            let border = Timestamp(milliseconds: Int64.random(in: -75...5000, using: &random) * HourWalkTests.hour + 1)
            let limit = Int.random(in: 1...40, using: &random)
            let old = hours.kept.filter { $0.aggregate.window.start < border }
            let last = old.count >= limit ? old[limit - 1].aggregate.window.start : .distantFuture
            let gone = old.filter { $0.aggregate.window.start <= last }
            #expect(
                try hours.store.removeAggregates(.hour, before: border, limit: limit) == gone.count,
                "seed \(random.seed)")
            hours.kept.removeAll { gone.contains($0) }
            #expect(
                try windows(hours.store.reader.aggregateRows.select(.hour, in: .distantPast ..< .distantFuture))
                    == hours.kept, "seed \(random.seed)")
            #expect(try hours.store.reader.oldestAggregate(.hour) == hours.kept.first?.aggregate.window.start)
        }
        #expect(try hours.store.removeAggregates(.hour, before: .distantFuture, limit: 1) == 0)
    }
}
