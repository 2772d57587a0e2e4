@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Keys of aggregates")
struct AggregateKeysTests {
    private struct Place: Comparable {
        var step: Int64
        var series: SeriesID

        static func < (left: Place, right: Place) -> Bool { (left.step, left.series) < (right.step, right.series) }
    }

    /// Of both sides of 1970, close to each other and far apart.
    private func places(_ random: inout SeededGenerator) -> [Place] {
        (0..<2000).map { number in
            let reach: Int64 = number % 2 == 0 ? 20 : 1 << 28
            return Place(
                step: .random(in: -reach...reach, using: &random),
                series: [0, 1, 2, 1_048_575, .random(in: 0..<1_048_576, using: &random)].randomElement(using: &random)!)
        }
    }

    @Test("tell start and series again, in Swift and in SQL", arguments: Tier.allCases)
    func roundTrip(_ tier: Tier) throws {
        var random = SeededGenerator.fromEnvironment()
        let keys = AggregateKeys(tier)
        let database = try Database(path: ":memory:", mode: .readWrite, busyTimeoutMilliseconds: 0)
        let select = try database.prepare(
            """
            SELECT \(keys.startSQL("id")), \(keys.seriesSQL("id")), \(keys.idSQL(start: "start", series: "series"))
            FROM (SELECT ?1 AS id, ?2 AS start, ?3 AS series)
            """)
        for place in places(&random) {
            let start = keys.time(place.step)
            let id = keys.id(start, place.series)
            #expect(keys.step(of: id) == place.step && keys.series(of: id) == place.series, "seed \(random.seed)")
            let time = start + .random(in: 0..<keys.stepMilliseconds, using: &random)
            #expect(keys.id(time, place.series) == id)
            select.bind(1, id)
            select.bind(2, time)
            select.bind(3, place.series)
            #expect(try select.step("compute"))
            #expect(select.timestamp(0) == start && select.integer(1) == Int64(place.series), "seed \(random.seed)")
            #expect(select.integer(2) == id, "seed \(random.seed)")
            select.reset()
        }
    }

    @Test("of each table are found by its name, which is all that a salvaged page tells")
    func tables() {
        #expect(AggregateTable(named: "hours")?.keys.series(of: AggregateKeys(.hour).id(-3, 5)) == 5)
        #expect(AggregateTable(named: "minutes")?.keys.series(of: AggregateKeys(.minute).id(-3, 5)) == 5)
        #expect(Tier.allCases.allSatisfy { AggregateTable(named: AggregateTable($0).name)?.tier == $0 })
        #expect(AggregateTable(named: "hot")?.tier == nil && AggregateTable(named: "minutes_more")?.tier == nil)
    }

    @Test("lie by start and series; of hours eight together, by series", arguments: Tier.allCases)
    func order(_ tier: Tier) {
        var random = SeededGenerator.fromEnvironment()
        let keys = AggregateKeys(tier)
        #expect(keys.groupSize == (tier == .hour ? 8 : 1))
        let places = places(&random).sorted()
        let sorted = places.sorted { keys.id($0.step, $0.series) < keys.id($1.step, $1.series) }
        let expected = places.sorted {
            let groups = ($0.step.flooredQuotient(keys.groupSize), $1.step.flooredQuotient(keys.groupSize))
            return groups.0 != groups.1
                ? groups.0 < groups.1 : ($0.series, $0.step) < ($1.series, $1.step)
        }
        #expect(sorted == expected, "seed \(random.seed)")
        #expect((keys.id(5, 7) + 1 == keys.id(6, 7)) == (tier == .hour))
    }

    @Test("of some starts lie between two numbers, beside those of their group alone", arguments: Tier.allCases)
    func ranges(_ tier: Tier) {
        var random = SeededGenerator.fromEnvironment()
        let keys = AggregateKeys(tier)
        for place in places(&random) {
            let first = Int64.random(in: -40...20, using: &random)
            let steps = first..<first + .random(in: 0...20, using: &random)
            let isNear = steps.contains { keys.group(around: $0).contains(place.step) }
            let ids = keys.ids(of: steps)
            #expect(ids.contains(keys.id(place.step, place.series)) == isNear, "seed \(random.seed) \(steps)")
        }
        let empty = keys.ids(of: 16..<16)
        #expect(empty.isEmpty && empty.lowerBound == keys.id(16, 0))
    }
}
