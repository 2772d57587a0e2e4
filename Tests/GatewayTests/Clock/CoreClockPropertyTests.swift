import Processing
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// Whatever comes while the clock is wrong, and however often the daemon falls over it: the file ends as if the clock had
/// been right all along.
@Suite("Core under a wrong clock and random deliveries")
struct CoreClockPropertyTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private enum Event {
        case message(value: Int, time: Timestamp?, quantity: String)
        case pause(milliseconds: Int64)
        case commit
        case crash
    }

    private static let start = Timestamp(rfc3339: "2026-10-24T22:30:00Z")!

    private func events(_ random: inout SeededGenerator) -> [Event] {
        var passed: Int64 = 0
        return (0..<Int.random(in: 20...150, using: &random)).map { _ in
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<6:
                let milliseconds = Int64.random(in: 0...90_000, using: &random)
                passed += milliseconds
                return .pause(milliseconds: milliseconds)
            case 6..<9: return .commit
            case 9: return .crash
            default:
                let quantity = ["temperature", "humidity"].randomElement(using: &random)!
                let value = Int.random(in: 0...30, using: &random)
                if Bool.random(using: &random) { return .message(value: value, time: nil, quantity: quantity) }
                // Some are late, some ahead, some hours too far ahead, and some times come twice.
                let offset = Int64.random(in: -40...4, using: &random) * 30_000
                let time = CoreClockPropertyTests.start + passed / 30_000 * 30_000 + offset
                return .message(value: value, time: time, quantity: quantity)
            }
        }
    }

    private struct Outcome: Equatable {
        var rows: [StoreReader.ReadingRow]
        var aggregates: [StoredAggregate]
        var readings: LedgerCounts
    }

    /// - Parameter wrongUntil: the number of the event before which the clock is set; nil for one that is right always.
    private func run(_ events: [Event], wrongUntil: Int?, limit: Int) throws -> Outcome {
        let directory = TemporaryDirectory()
        let start = CoreClockPropertyTests.start
        let bench = try ClockBench(
            path: directory.file("poort.db"), wall: wrongUntil == nil ? start : Timestamp(milliseconds: 20_000),
            floor: start - 60_000)
        bench.limit = limit
        for (index, event) in events.enumerated() {
            if index == wrongUntil {
                bench.clock.step(to: start + bench.clock.monotonicMilliseconds - 20_000)
                bench.look()
            }
            switch event {
            case .message(let value, let time, let quantity): try bench.deliver(value, time: time, quantity: quantity)
            case .pause(let milliseconds): try bench.pass(milliseconds: milliseconds)
            case .commit: try bench.commit()
            case .crash:
                // A start takes longer than a burst of messages has milliseconds.
                bench.clock.advance(milliseconds: 1000)
                try bench.crash()
            }
        }
        try bench.commit()
        if let wrongUntil, wrongUntil >= events.count {
            bench.clock.step(to: start + bench.clock.monotonicMilliseconds - 20_000)
        }
        bench.limit = 1000
        try bench.tick()
        for _ in 0..<4 { try bench.pass(milliseconds: ClockBench.day) }
        return Outcome(rows: try bench.rows(), aggregates: try bench.aggregates(), readings: try bench.readings())
    }

    @Test("ends as under a right clock: rows, flags, aggregates and accounts", arguments: 0..<40)
    func sameAsRight(round: UInt64) throws {
        let seed = 0xB007 + round
        var random = SeededGenerator(seed: seed)
        let events = events(&random)
        let right = try run(events, wrongUntil: nil, limit: 1000)
        let wrongUntil = Int.random(in: 1...events.count, using: &random)
        let wrong = try run(events, wrongUntil: wrongUntil, limit: Int.random(in: 1...20, using: &random))
        #expect(zip(wrong.rows, right.rows).first { $0 != $1 }.map { "\($0)" } == nil, "seed \(seed)")
        #expect(wrong.rows.count == right.rows.count, "seed \(seed)")
        #expect(wrong.aggregates == right.aggregates, "seed \(seed)")
        #expect(wrong.readings == right.readings, "seed \(seed)")
        #expect(!right.rows.isEmpty)
    }
}
