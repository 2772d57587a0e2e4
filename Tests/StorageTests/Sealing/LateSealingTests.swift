@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Sealing what comes late")
struct LateSealingTests {
    private let start = SealingBench.start
    private let hour = SealingBench.hour

    @Test("merges late readings into the segment whose stretch they fall into")
    func merges() throws {
        let bench = try SealingBench()
        try bench.fill(360)
        try bench.seal(before: start + hour)
        try bench.fill(6, from: start + 5)
        #expect(try bench.seal(before: start + hour).readings == 6)
        #expect(try bench.segments().map(\.count) == [366])
        #expect(try bench.rowCount() == 0)
        #expect(try bench.difference() == nil)
    }

    @Test("leaves a few as rows until they are a day old")
    func few() throws {
        let bench = try SealingBench()
        try bench.fill(360)
        try bench.seal(before: start + hour)
        try bench.fill(5, from: start + 5)
        try bench.seal(before: start + 24 * hour)
        #expect(try bench.rowCount() == 5)
        try bench.seal(before: start + 24 * hour + 6)
        #expect(try bench.rowCount() == 0)
        #expect(try bench.segments().map(\.count) == [365])
        #expect(try bench.difference() == nil)
    }

    @Test("puts what falls between segments, and before the first, into new ones")
    func between() throws {
        let bench = try SealingBench()
        for part in [2, 6] as [Int64] {
            try bench.fill(60, from: start + part * hour)
            try bench.seal(before: start + (part + 1) * hour)
        }
        for part in [0, 4] as [Int64] { try bench.fill(20, from: start + part * hour) }
        // And some that belong into both.
        try bench.fill(3, from: start + 2 * hour + 5)
        try bench.fill(3, from: start + 6 * hour + 5)
        try bench.seal(before: start + 7 * hour)
        #expect(try bench.segments().map(\.count) == [20, 63, 20, 63])
        #expect(try bench.difference() == nil)
    }

    @Test("splits a segment that becomes too large")
    func splits() throws {
        var options = StoreOptions()
        options.mostInSegment = 100
        let bench = try SealingBench(options: options)
        try bench.fill(100)
        try bench.seal(before: start + hour)
        try bench.fill(50, from: start + 5, every: 20_000)
        #expect(try bench.seal(before: start + hour).readings == 50)
        #expect(try bench.segments().map(\.count).sorted() == [50, 100])
        #expect(try bench.difference() == nil)
    }

    @Test("writes no more anew in one portion than may be, and goes on in the next")
    func putOff() throws {
        var options = StoreOptions()
        options.mostWrittenAnew = 100
        let bench = try SealingBench(options: options, seriesCount: 10)
        for series in 1...10 as ClosedRange<SeriesID> { try bench.fill(60, series: series) }
        try bench.seal(before: start + hour)
        for series in 1...10 as ClosedRange<SeriesID> { try bench.fill(10, from: start + 5, series: series) }
        let first = try bench.store.seal(from: .distantPast, before: start + hour, limit: 10_000)
        #expect(first.readings == 20, "two segments of 70")
        #expect(first.next != nil)
        #expect(try bench.seal(before: start + hour).readings == 80)
        #expect(try bench.rowCount() == 0)
        #expect(try bench.difference() == nil)
    }

    @Test("leaves as rows what no number is free for")
    func noNumber() throws {
        let bench = try SealingBench()
        try bench.fill(48, from: start + hour)
        try bench.seal(before: start + 2 * hour)
        // As many as can be numbered, none of which lies where the late ones do.
        for number in 0..<SegmentID.numbers {
            let id = SegmentID(hour: SegmentID.hour(of: start), series: 1, number: number)
            let time = start + 2_000_000 + Int64(number)
            let reading = SealedReading(time: time, value: 1, flag: .good, tests: QualityTests())
            let insert = bench.store.statements.insertSegment
            try bench.store.begin()
            insert.bind(1, id.rawValue)
            insert.bind(2, 1 as SeriesID)
            insert.bind(3, time)
            insert.bind(4, time)
            insert.bind(5, 1)
            insert.bind(6, blob: try [reading].sealed(series: 1))
            try insert.run("test")
        }
        try bench.store.commit()
        try bench.fill(10)
        #expect(try bench.seal(before: start + 2 * hour).readings == 0)
        #expect(try bench.rowCount() == 10)
        #expect(try bench.store.reader.holdings().readings == 48 + SegmentID.numbers + 10)
    }

    @Test("takes a reading that is a row and sealed as well for one, and counts the other as lost")
    func twice() throws {
        let bench = try SealingBench()
        try bench.fill(60)
        try bench.seal(before: start + hour)
        for (index, time) in [0, 10_000].enumerated() as EnumeratedSequence<[Int64]> {
            _ = try bench.store.insertRow(
                SealedReading(time: start + time, value: Double(index % 50) / 10, flag: .good, tests: .init()), of: 1)
        }
        try bench.fill(10, from: start + 5)
        try bench.seal(before: start + hour)
        #expect(try bench.segments().map(\.count) == [70])
        #expect(try bench.removedReadings() == 2)
        #expect(try bench.difference() == nil)
    }

    @Test("whatever the order, the portions, changes and removals: every reading is there once", arguments: 0..<25)
    func random(round: Int) throws {
        var random = SeededGenerator(seed: 0x1A7E + UInt64(round))
        var options = StoreOptions()
        options.enoughForSegment = Int.random(in: 2...20, using: &random)
        options.fewestForSegment = Int.random(in: 1...5, using: &random)
        options.mostInSegment = Int.random(in: 5...60, using: &random)
        options.rowsInMemory = Int.random(in: 10...100, using: &random)
        options.mostWrittenAnew = Int.random(in: 1...300, using: &random)
        let bench = try SealingBench(options: options)
        var now = start
        var removed = 0
        for _ in 0..<60 {
            now = now + Int64.random(in: 0...3 * hour, using: &random)
            let reach = [60_000, hour, 40 * hour].randomElement(using: &random)!
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                let time = now - Int64.random(in: 0...reach, using: &random) / 1000 * 1000
                try bench.insert(
                    Double(Int.random(in: 0...99, using: &random)) / 10, at: time,
                    series: .random(in: 1...3, using: &random))
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                try bench.seal(
                    before: now - Int64.random(in: 0...2 * hour, using: &random),
                    limit: .random(in: 5...300, using: &random))
            case 2:
                let series = SeriesID.random(in: 1...3, using: &random)
                guard let time = bench.plain[series]?.keys.sorted().randomElement(using: &random) else { continue }
                try bench.set(QualityTests(bits: .random(in: 0...4, using: &random)), at: time, series: series)
            case 3:
                let border = now - Int64.random(in: 40...60, using: &random) * hour
                let before = bench.plain.values.reduce(0) { $0 + $1.count }
                while try bench.store.removeReadings(before: border, limit: 30) >= 30 {}
                bench.forget { $0 < border }
                removed += before - bench.plain.values.reduce(0) { $0 + $1.count }
            default: break
            }
            try bench.store.commit()
            let difference = try bench.difference()
            try #require(difference == nil, "round \(round)")
        }
        #expect(try bench.removedReadings() == removed, "round \(round)")
        #expect(try bench.segments().count > 0)
    }
}
