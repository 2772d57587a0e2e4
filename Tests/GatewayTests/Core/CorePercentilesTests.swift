import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// More values differ in an hour than a distribution holds.
@Suite("Core's percentiles of many values")
struct CorePercentilesTests {
    /// 25 minutes of readings ten a second, no two of which are equal: 9000 in a quarter, 15 000 in the hour; and a second
    /// half of the hour that brings it beyond what a distribution holds.
    private func flow(_ bench: CoreBench, count: Int64 = 20_000) throws -> [BatchWindow.Point] {
        var random = SeededGenerator(seed: 4)
        var points: [BatchWindow.Point] = []
        for index in 0..<count {
            let value = Double(index) / 16 + Double(Int.random(in: -9999...9999, using: &random)) * 4096
            points.append(.init(time: bench.start + index * 100, value: value, flag: .unknown))
        }
        for portion in stride(from: 0, to: points.count, by: 500) {
            try bench.take(
                points[portion..<min(portion + 500, points.count)].map {
                    .init(series: 2, time: $0.time, value: $0.value)
                })
        }
        return points
    }

    private func expectExact(_ bench: CoreBench, _ points: [BatchWindow.Point]) throws {
        for tier in Tier.allCases {
            let differences = BatchWindow.differences(
                points: points, aggregates: try bench.aggregates(of: 2, tier: tier), tier: tier,
                rules: CoreBench.rules(of: 2), days: .local)
            #expect(differences.isEmpty, "\(differences.prefix(3))")
        }
    }

    @Test("are found in the readings, also after a restart and after late ones")
    func found() throws {
        #expect(DayCalendar.useTimeZone("Europe/Amsterdam"))
        let bench = try CoreBench(seed: 1)
        var points = try flow(bench)
        try bench.commit()
        try bench.crash()
        try bench.finish()
        try expectExact(bench, points)
        let hour = try #require(try bench.aggregates(of: 2, tier: .hour)[bench.start])
        #expect(hour.count == 20_000 && hour.distribution == nil && hour.percentiles != nil)

        let late = BatchWindow.Point(time: bench.start + 50, value: -1e9, flag: .unknown)
        try bench.take([.init(series: 2, time: late.time, value: late.value)])
        points.append(late)
        try bench.finish()
        try expectExact(bench, points)
        #expect(try bench.revision(of: 2, tier: .hour, start: bench.start) == 2)
    }

    @Test("are left out where so many readings would have to be passed over that commits wait")
    func tooMany() throws {
        let bench = try CoreBench(seed: 1)
        bench.searchPercentiles(amongAtMost: 19_999)
        _ = try flow(bench)
        try bench.finish()
        let hour = try #require(try bench.aggregates(of: 2, tier: .hour)[bench.start])
        #expect(hour.count == 20_000 && hour.percentiles == nil && hour.mean != nil)
        #expect(try bench.aggregates(of: 2, tier: .quarter)[bench.start]?.percentiles != nil)
    }
}
