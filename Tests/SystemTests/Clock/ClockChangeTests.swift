import Telemetry
import TestKit
import Testing

/// `poort replay` over the days on which the clocks change: days are those of the people, hours those of the clock on
/// the wall, and nothing is expected of an hour that did not happen.
@Suite("Replay over a change of the clock")
struct ClockChangeTests {
    struct Change: Sendable, CustomTestStringConvertible {
        /// The first midnight of three days, of which the second is the Sunday.
        var begin: String
        var midnights: [String]
        var hours: Int

        var testDescription: String { midnights[1] }
    }

    static let changes = [
        Change(
            begin: "2026-03-27T23:00:00Z",
            midnights: [
                "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z",
            ], hours: 23),
        Change(
            begin: "2026-10-23T22:00:00Z",
            midnights: [
                "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z",
            ], hours: 25),
    ]

    private static let interval: Int64 = 300_000
    private static let identity = SeriesIdentity(device: "aq-1", quantity: "temperature")

    /// A reading every five minutes over the three days, in the middle of its five minutes, with its number as its value.
    private func capture(from begin: Timestamp, to end: Timestamp) -> String {
        var text = ""
        var number = 0
        var time = begin + ClockChangeTests.interval / 2
        while time < end {
            var payload = JSONLine()
            payload.add("value", Double(number % 20))
            payload.add("ts", time)
            var line = JSONLine()
            line.add("received", time + 1500)
            line.add("topic", "sensors/air_quality/aq-1/temperature")
            line.add("payload", payload.finished)
            text += line.finished + "\n"
            number += 1
            time = time + ClockChangeTests.interval
        }
        return text
    }

    @Test("has days of 23 and 25 hours", arguments: changes)
    func days(change: Change) throws {
        let midnights = change.midnights.compactMap { Timestamp(rfc3339: $0) }
        let directory = TemporaryDirectory()
        let configuration = directory.write(
            """
            [gateway]
            timezone = "Europe/Amsterdam"
            [[source]]
            topic = "sensors/{type}/{device}/{quantity}"
            value = "value"
            time = "ts"
            interval = "5m"
            """, to: "poort.toml")
        let capture = directory.write(capture(from: midnights[0], to: midnights[3]), to: "capture.ndjson")
        // Whatever the box's own zone is.
        let run = try ChildProcess(
            GatewayProcess.executable, ["replay", "--config", configuration, capture], environment: ["TZ": "UTC"])
        try #require(run.wait() == .exited(0), "\(run.standardError)")
        let output = try ReplayOutput(run.standardOutput)
        let tiers = try #require(output.aggregates[ClockChangeTests.identity])

        let days = try #require(tiers[.day])
        #expect(days.keys.sorted() == Array(midnights.dropLast()))
        for (index, hours) in [24, change.hours, 24].enumerated() {
            let day = try #require(days[midnights[index]])
            let count = hours * 12
            #expect(day.window.end == midnights[index + 1])
            #expect(day.expected == count)
            #expect(day.count == count)
            #expect(day.coverage == 1)
            #expect(day.isValid)
            // What was measured from that midnight on, computed here once more.
            let first = (0..<index).reduce(0) { $0 + [24, change.hours][$1] * 12 }
            let values = (first..<first + count).map { Double($0 % 20) }
            let mean = try #require(day.mean)
            #expect(abs(mean - values.reduce(0, +) / Double(count)) < 1e-9)
            #expect(day.first == values.first)
            #expect(day.last == values.last)
        }
        for (tier, parts) in [(Tier.hour, 1), (.quarter, 4)] {
            let sunday = (tiers[tier] ?? [:]).values.filter {
                midnights[1] <= $0.window.start && $0.window.start < midnights[2]
            }
            .sorted { $0.window.start < $1.window.start }
            #expect(sunday.count == change.hours * parts)
            #expect(sunday.first?.window.start == midnights[1])
            #expect(sunday.last?.window.end == midnights[2])
            // One behind the other, none twice, none left out.
            #expect(zip(sunday, sunday.dropFirst()).allSatisfy { $0.window.end == $1.window.start })
            #expect(sunday.allSatisfy { $0.count == 12 / parts && $0.expected == 12 / parts })
        }
    }
}
