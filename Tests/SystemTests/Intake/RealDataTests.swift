import FoundationEssentials
import Glibc
import Telemetry
import TestKit
import Testing

/// `poort replay` of real day files gives what an independent computation over the same files gives.
@Suite("Replay of real data")
struct RealDataTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test("three days of Sensor.Community air data", .timeLimit(.minutes(2)), arguments: [false, true])
    func air(isShuffled: Bool) throws {
        try replay(DayFiles.air(), isShuffled: isShuffled, atLeast: 9000)
    }

    @Test("weeks of loop-detector traffic data", .timeLimit(.minutes(2)), arguments: [false, true])
    func traffic(isShuffled: Bool) throws {
        try replay(DayFiles.traffic(), isShuffled: isShuffled, atLeast: 6000)
    }

    private func replay(_ observations: [DayFiles.Observation], isShuffled: Bool, atLeast minimum: Int) throws {
        #expect(observations.count > minimum, "the files hold more than that")
        let directory = TemporaryDirectory()
        let configuration = directory.write(
            """
            [storage]
            retention = { raw = "forever", "1m" = "forever", "15m" = "forever" }
            [[source]]
            topic = "street/{type}/{device}/{quantity}"
            value = "reading.value"
            unit = "reading.unit"
            time = "at"
            """, to: "poort.toml")
        let capture = directory.write(DayFiles.capture(observations, isShuffled: isShuffled), to: "capture.ndjson")
        let run = try ChildProcess(GatewayProcess.executable, ["replay", "--config", configuration, capture])
        try #require(run.wait(milliseconds: 90_000) == .exited(0), "\(run.standardError)")
        let output = try ReplayOutput(run.standardOutput)
        #expect(output.rejections.isEmpty, "\(output.rejections.first ?? "")")

        // A sensor that reports twice in one second: the first value stays.
        var points: [SeriesIdentity: [Timestamp: BatchWindow.Point]] = [:]
        for observation in observations where points[observation.identity]?[observation.time] == nil {
            points[observation.identity, default: [:]][observation.time] = .init(
                time: observation.time, value: observation.canonicalValue, flag: observation.expectedFlag)
        }
        #expect(output.readings.count == points.values.reduce(0) { $0 + $1.count })
        for reading in output.readings {
            let point = points[reading.identity]?[reading.time]
            #expect(point.map { abs($0.value - reading.value) < 1e-9 } == true, "\(reading)")
            #expect(point?.flag.rawValue == UInt8(reading.flag), "\(reading)")
        }
        #expect(Set(output.aggregates.keys) == Set(points.keys))
        for (identity, series) in points {
            for tier in Tier.allCases {
                let aggregates = output.aggregates[identity]?[tier] ?? [:]
                #expect(!aggregates.isEmpty)
                let differences = BatchWindow.differences(
                    points: Array(series.values), aggregates: aggregates, tier: tier,
                    rules: AggregationRules(kind: .gauge), days: .local, isPrinted: true)
                #expect(differences.prefix(3).isEmpty, "\(identity)")
            }
        }
    }
}
