@testable import Storage
import Telemetry
import TestKit
import Testing

/// A counter's neighbouring minutes are those that a look through all of its minutes finds.
@Suite("Counters' minutes")
struct CountedMinutesTests {
    private let directory = TemporaryDirectory()
    private static let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private static func time(_ minute: Int) -> Timestamp { ten + Int64(minute) * 60_000 }

    /// What stands in the file, and the same in memory: the usable minutes of each counter.
    private struct Counters {
        var store: Store
        var ids: [SeriesID] = []
        var usable: [SeriesID: Set<Int>] = [:]
        var committed: [SeriesID: Set<Int>] = [:]

        init(path: String) throws {
            store = try Store(path: path)
            for device in ["a", "b", "c"] {
                ids.append(
                    try store.identify(
                        Series(number: 0, device: device, quantity: QuantityCatalogue()["car_count"]!)
                    ).id)
            }
            try store.commit()
        }

        mutating func write(_ minute: Int, of id: SeriesID, isUsable: Bool = true) throws {
            let start = CountedMinutesTests.time(minute)
            var aggregate = Aggregate(window: Window(.minute, holding: start, days: .utc), count: isUsable ? 1 : 0)
            if isUsable {
                let value = Double(minute) / 10
                aggregate.statistics = .init(
                    mean: value, squaredDeviations: 0, minimum: value, maximum: value, first: value,
                    firstTime: start + 1, last: value, lastTime: start + 2)
                aggregate.increase = .init(total: 0, resets: 0)
                usable[id, default: []].insert(minute)
            } else {
                usable[id, default: []].remove(minute)
            }
            _ = try store.write(aggregate, series: id)
        }

        mutating func commit() throws {
            try store.commit()
            committed = usable
        }

        mutating func rollback() {
            store.rollback()
            usable = committed
        }

        mutating func reopen() throws {
            rollback()
            store = try Store(path: store.path)
        }
    }

    private func expectNeighbours(_ counters: Counters, of id: SeriesID, _ first: Int, _ end: Int, _ seed: UInt64)
        throws
    {
        let store = counters.store
        let (from, to) = (CountedMinutesTests.time(first), CountedMinutesTests.time(end))
        let usable = counters.usable[id, default: []]
        let last = usable.filter { (first..<end).contains($0) }.max()
        let found = try store.lastCount(of: id, in: from..<to)
        #expect(found?.time == last.map { CountedMinutesTests.time($0) + 2 }, "seed \(seed)")
        #expect(found?.value == last.map { Double($0) / 10 }, "seed \(seed)")
        let next = usable.filter { (first + 1..<max(first + 1, end)).contains($0) }.min()
        #expect(
            try store.minute(after: from, before: to, of: id) == next.map { CountedMinutesTests.time($0) },
            "seed \(seed)")
        let before = usable.filter { $0 < end }.max()
        #expect(
            try store.reader.lastCount(of: id, before: to)?.value == before.map { Double($0) / 10 }, "seed \(seed)")
    }

    @Test("are found whatever is written late, taken back or left out by a crash", arguments: 0..<12)
    func neighbours(_ number: Int) throws {
        var random = SeededGenerator(seed: SeededGenerator.fromEnvironment().seed &+ UInt64(number))
        let seed = random.seed
        var counters = try Counters(path: directory.file("poort.db"))
        var now = 0
        for _ in 0..<400 {
            let id = counters.ids.randomElement(using: &random)!
            switch Int.random(in: 0..<16, using: &random) {
            case 0: now += Int.random(in: 0...3000, using: &random)
            case 1: try counters.reopen()
            case 2: counters.rollback()
            case 3, 4: try counters.commit()
            case 5: try counters.write(Int.random(in: 0...now, using: &random), of: id)
            case 6: try counters.write(Int.random(in: 0...now, using: &random), of: id, isUsable: false)
            case 7: try counters.write(max(0, now - Int.random(in: 0...90, using: &random)), of: id)
            default:
                try counters.write(now, of: id)
                now += Int.random(in: 0...20, using: &random)
            }
            let bounds = [now + 1, Int.random(in: 0...now, using: &random), Int.random(in: 0...now, using: &random)]
            let (first, end) = (bounds[1], bounds.randomElement(using: &random)!)
            try expectNeighbours(counters, of: id, min(first, end), max(first, end), seed)
        }
    }

    @Test("are known up to an hour ago after a restart")
    func known() throws {
        var counters = try Counters(path: directory.file("poort.db"))
        let (silent, busy) = (counters.ids[0], counters.ids[1])
        try counters.write(5, of: silent)
        for minute in 0..<1000 { try counters.write(minute, of: busy) }
        try counters.commit()
        let counted = "SELECT counted FROM series WHERE id ="
        let database = counters.store.database
        #expect(try database.integer("\(counted) \(silent)") == CountedMinutesTests.time(5).milliseconds)
        #expect(
            try #require(try database.integer("\(counted) \(busy)")) > CountedMinutesTests.time(900).milliseconds)
        // A late minute is known at once: after a crash nobody would look for it.
        try counters.write(700, of: silent)
        #expect(try database.integer("\(counted) \(silent)") == CountedMinutesTests.time(700).milliseconds)
    }
}
