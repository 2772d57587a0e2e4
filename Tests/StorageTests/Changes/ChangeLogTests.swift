@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Log of changes")
struct ChangeLogTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func runs(_ reader: StoreReader, in range: Range<ChangeNumber>) throws -> [ChangeRun] {
        var runs: [ChangeRun] = []
        try reader.changes(in: range) { run in
            runs.append(run)
            return true
        }
        return runs
    }

    private func series(_ store: Store, count: Int) throws -> [SeriesID] {
        try (0..<count).map { number in
            try store.identify(
                Series(number: SeriesNumber(number), device: "d\(number)", quantity: QuantityCatalogue()["pm10"]!)
            ).id
        }
    }

    private func write(_ store: Store, _ tier: Tier, minute: Int, _ id: SeriesID, count: Int = 1) throws {
        let window = Window(tier, holding: ten + Int64(minute) * 60_000, days: .utc)
        _ = try store.write(Aggregate(window: window, count: count, expected: nil), series: id)
    }

    @Test("is not kept where there is no partner")
    func nobody() throws {
        let store = try Store(path: path)
        let id = try series(store, count: 1)[0]
        try write(store, .minute, minute: 0, id)
        try store.recordChanges(now: ten)
        try store.commit()
        #expect(store.nextChange == 1 && !store.keepsChanges)
        #expect(try runs(store.withoutReadings, in: 1..<100).isEmpty)
    }

    @Test("begins with what is written after the partner was entered, and numbers it without a gap")
    func numbers() throws {
        let store = try Store(path: path)
        let ids = try series(store, count: 10)
        for id in ids { try write(store, .minute, minute: 0, id) }
        try store.enterPartner("rova", backlogMilliseconds: nil)
        for id in ids { try write(store, .minute, minute: 1, id) }
        for id in ids where id % 3 != 0 { try write(store, .hour, minute: 0, id) }
        try write(store, .minute, minute: 0, ids[4], count: 2)
        try store.recordChanges(now: ten + 120_000)
        try store.commit()
        let found = try runs(try StoreReader(path: path), in: 1..<100)
        #expect(found.map(\.numbers.count).reduce(0, +) == 10 + ids.count { $0 % 3 != 0 } + 1)
        #expect(found.first?.numbers.lowerBound == 1)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.numbers.upperBound == $1.numbers.lowerBound })
        #expect(found.first?.series == ids[0]...ids[9] && found.first?.revision == 1)
        #expect(found.first?.start == ten + 60_000 && found.first?.committed == ten + 120_000)
        #expect(found.last?.tier == .minute && found.last?.start == ten && found.last?.revision == 2)
        #expect(store.nextChange == found.last?.numbers.upperBound)
        // Ten minutes, one after the other, of one window: some ten bytes.
        let bytes = try store.database.integer("SELECT length(data) FROM changes")
        #expect(try #require(bytes) < 50)
    }

    @Test("forgets what was rolled back, and gives its numbers again")
    func rollback() throws {
        let store = try Store(path: path)
        let id = try series(store, count: 1)[0]
        try store.enterPartner("rova", backlogMilliseconds: nil)
        try store.commit()
        try write(store, .minute, minute: 0, id)
        store.rollback()
        try write(store, .minute, minute: 1, id)
        try store.recordChanges(now: ten)
        try store.commit()
        let found = try runs(store.withoutReadings, in: 1..<100)
        #expect(found.map(\.numbers) == [1..<2] && found.first?.start == ten + 60_000)
        let again = try Store(path: path)
        #expect(again.nextChange == 2 && again.keepsChanges)
    }

    @Test("is read from any number to any other, as it was written")
    func ranges() throws {
        var random = SeededGenerator.fromEnvironment()
        let store = try Store(path: path)
        let ids = try series(store, count: 40)
        try store.enterPartner("rova", backlogMilliseconds: nil)
        var written: [(tier: Tier, start: Timestamp, series: SeriesID, revision: Int)] = []
        for round in 0..<60 {
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let tier = Tier.allCases.randomElement(using: &random)!
                let minute = Int.random(in: -3000...3000, using: &random)
                let share = Int.random(in: 1...4, using: &random)
                for id in ids where Int.random(in: 0..<4, using: &random) < share {
                    let window = Window(tier, holding: ten + Int64(minute) * 60_000, days: .utc)
                    let aggregate = Aggregate(
                        window: window, count: Int.random(in: 0...3, using: &random), expected: nil)
                    if let revision = try store.write(aggregate, series: id) {
                        written.append((tier, window.start, id, revision))
                    }
                }
            }
            try store.recordChanges(now: ten + Int64(round) * 1000)
            try store.commit()
        }
        #expect(store.nextChange == ChangeNumber(written.count) + 1)
        let reader = try StoreReader(path: path)
        for _ in 0..<100 {
            let low = ChangeNumber.random(in: 1...ChangeNumber(written.count), using: &random)
            let high = ChangeNumber.random(in: low...ChangeNumber(written.count) + 3, using: &random)
            let read = try runs(reader, in: low..<high).flatMap { run in
                run.numbers.map { (run.tier, run.start, run.series(of: $0), run.revision, $0) }
            }
            #expect(read.map(\.4) == Array(low..<min(high, ChangeNumber(written.count) + 1)), "seed \(random.seed)")
            for (tier, start, series, revision, number) in read {
                let expected = written[Int(number) - 1]
                #expect(
                    expected == (tier, start, series, revision), "change \(number), seed \(random.seed)")
            }
        }
    }

    @Test("finds the first change since a time")
    func since() throws {
        let store = try Store(path: path)
        let id = try series(store, count: 1)[0]
        try store.enterPartner("rova", backlogMilliseconds: nil)
        for minute in 0..<50 {
            try write(store, .minute, minute: minute, id)
            try write(store, .minute, minute: minute + 1000, id)
            try store.recordChanges(now: ten + Int64(minute) * 60_000)
            try store.commit()
        }
        let reader = try StoreReader(path: path)
        for minute in 0..<50 {
            #expect(try reader.firstChange(since: ten + Int64(minute) * 60_000) == ChangeNumber(minute * 2 + 1))
            #expect(try reader.firstChange(since: ten + Int64(minute) * 60_000 - 1) == ChangeNumber(minute * 2 + 1))
        }
        #expect(try reader.firstChange(since: ten + 50 * 60_000) == nil)
        #expect(try reader.firstChange(since: .distantPast) == 1)
    }

    @Test("of a damaged block gives no more than is in it, and ends")
    func damaged() throws {
        var random = SeededGenerator.fromEnvironment()
        let notes = (0..<20).map {
            ChangeBlock.Note(tier: .minute, minute: Int64($0 * 1000), series: SeriesID($0), count: 3, revision: 1)
        }
        let whole = ChangeBlock(notes, committed: ten).bytes
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            var visited = 0
            bytes.withUnsafeBytes { bytes in
                _ = ChangeBlock.visit(bytes, first: 1) { run in
                    visited += 1
                    #expect(!run.numbers.isEmpty && run.series.lowerBound >= 0)
                    return true
                }
            }
            #expect(visited <= whole.count, "seed \(random.seed)")
        }
    }
}
