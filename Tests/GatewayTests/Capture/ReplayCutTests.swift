import Gateway
import GatewayConfiguration
import Telemetry
import TestKit
import Testing

/// A replay into a database may be cut at any message, also where most is under way: while late windows wait, between
/// messages of the same millisecond that say no time, about the end of a window.
@Suite("Replay, cut anywhere", .timeLimit(.minutes(2)))
struct ReplayCutTests {
    private let directory = TemporaryDirectory()
    private let configuration: Configuration
    private let lines: [[UInt8]]

    init() throws {
        configuration = try ConfigurationFile.load(
            text: """
                [processing]
                lateness = "10s"
                late_delay = "5s"
                [[source]]
                topic = "sensors/{type}/{device}/{quantity}"
                value = "value"
                time = "ts"
                interval = "1s"
                [[source]]
                topic = "plain/{device}/{quantity}"
                format = "scalar"
                """, name: "cut.toml")
        lines = ReplayCutTests.capture
    }

    /// Three minutes and a half around the end of an hour, a step every 700 ms.
    private static var capture: [[UInt8]] {
        let start = Timestamp(rfc3339: "2026-10-25T00:58:10Z")!
        var random = SeededGenerator(seed: 3)
        var lines: [[UInt8]] = []
        func add(_ topic: String, _ payload: String, at received: Timestamp) {
            lines.append(
                Array(
                    CapturedMessage(received: received, topic: Array(topic.utf8), payload: Array(payload.utf8)).line
                        .finished.utf8))
        }
        func reading(_ device: String, _ quantity: String, at time: Timestamp, received: Timestamp) {
            var payload = JSONLine()
            payload.add("value", Double(Int.random(in: 0...30, using: &random)))
            payload.add("ts", time)
            add("sensors/air/\(device)/\(quantity)", payload.finished, at: received)
        }
        for step in 0..<300 as Range<Int64> {
            let now = start + step * 700
            reading("prompt", "temperature", at: now - 200, received: now)
            // As late as a window waits, so that the moment of its end decides.
            reading("slow", "pm2_5", at: now - 10_400, received: now)
            // Late for minutes that wait to be computed again all the time.
            if step % 3 == 0 {
                reading("late", "pm2_5", at: now - 600_000 - (step % 5) * 60_000, received: now)
            }
            if step % 10 == 0 {
                for value in 0...3 { add("plain/p-1/temperature", "\(20 + (step + Int64(value)) % 7)", at: now) }
            }
        }
        return lines
    }

    private func replay(_ database: String?, _ part: ArraySlice<[UInt8]>) throws -> [String] {
        let replay = try Replay(configuration: configuration, database: database.map(directory.file))
        for line in part { try replay.take(line: line) }
        var output: [String] = []
        try replay.finish { output.append($0) }
        return output
    }

    @Test("in two it gives what the whole gives, line by line", arguments: 0..<4)
    func cutAnywhere(round: Int) throws {
        let whole = try replay(nil, lines[...])
        #expect(whole.contains { $0.contains("\"revision\":3") }, "late windows were computed again and again")
        for cut in stride(from: 3 + round, to: lines.count, by: 52) {
            _ = try replay("cut-\(cut).db", lines[..<cut])
            let rest = try replay("cut-\(cut).db", lines[cut...])
            let difference = zip(whole, rest).first { $0 != $1 }
            #expect(difference == nil && whole.count == rest.count, "cut before line \(cut + 1)")
            if difference != nil { return }
        }
    }

    @Test("and given whole again it goes on behind what it has")
    func givenAgain() throws {
        let whole = try replay(nil, lines[...])
        for cut in [1, 17, 300, lines.count] {
            _ = try replay("again-\(cut).db", lines[..<cut])
            #expect(try replay("again-\(cut).db", lines[...]) == whole, "cut before line \(cut + 1)")
        }
    }
}
