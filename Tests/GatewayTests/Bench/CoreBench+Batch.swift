import Processing
import Telemetry
import TestKit

@testable import Gateway

/// How the file differs from what a batch computation makes of the readings that it should hold, in words.
extension CoreBench {
    typealias Stored = [Int: [Timestamp: Double]]

    func readingDifferences(from readings: Stored) throws -> [String] {
        try storedPoints().compactMap { series, points in
            let expected = readings[series] ?? [:]
            let isSame = points.count == expected.count && points.allSatisfy { expected[$0.time] == $0.value }
            return isSame ? nil : "series \(series): \(points.count) readings instead of \(expected.count), or others"
        }
    }

    func verdictDifferences(from readings: Stored) throws -> [String] {
        let stored = try storedTests()
        let plain = PlainVerdicts(readings)
        var found = try unjudgedCount() == 0 ? [] : ["minutes are not judged"]
        for series in 0..<CoreBench.seriesCount {
            for (time, expected) in plain.tests(of: series).sorted(by: { $0.key < $1.key }) {
                guard let tests = stored[series][time], tests != expected else { continue }
                let of = QualityTest.allCases.filter { tests[$0] != expected[$0] }
                    .map { "\($0.name) \(tests[$0] as Any), should be \(expected[$0] as Any)" }
                found.append("series \(series) at \(time): \(of.joined(separator: "; "))")
            }
        }
        return found
    }

    /// - Parameter kept: from when on there are windows, by tier; all of them where nothing is said.
    func aggregateDifferences(from readings: Stored, kept: [Tier: Timestamp] = [:]) throws -> [String] {
        var found: [String] = []
        let plain = PlainVerdicts(readings)
        for series in 0..<CoreBench.seriesCount {
            let verdicts = plain.tests(of: series)
            let points = (readings[series] ?? [:]).map { time, value in
                BatchWindow.Point(time: time, value: value, flag: verdicts[time]?.combined ?? .unknown)
            }
            for tier in Tier.allCases {
                found += BatchWindow.differences(
                    points: points, aggregates: try aggregates(of: series, tier: tier), tier: tier,
                    rules: CoreBench.rules(of: series), days: .local, from: kept[tier] ?? .distantPast
                ).map { "series \(series) \($0)" }
            }
        }
        return found
    }
}
