@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Sealed readings")
struct SealedReadingsTests {
    private let start = SealingBench.start
    private let hour = SealingBench.hour

    private func sealed() throws -> SealingBench {
        let bench = try SealingBench()
        try bench.fill(360)
        try bench.seal(before: start + hour)
        return bench
    }

    @Test("are found as duplicates and conflicts, after a start as well", arguments: [false, true])
    func outcomes(isReopened: Bool) throws {
        let bench = try sealed()
        if isReopened { try bench.reopen() }
        #expect(try bench.insert(0.3, at: start + 30_000) == .duplicate)
        #expect(try bench.insert(0.4, at: start + 30_000) == .conflict(existing: 0.3))
        #expect(try bench.insert(0.4, at: start + 30_001) == .stored(at: start + 30_001))
        #expect(try bench.insert(0.3, at: start + 30_000, series: 2) == .stored(at: start + 30_000))
        #expect(try bench.difference() == nil)
    }

    @Test("give way to readings of the time of receipt, which get a free one")
    func receipt() throws {
        let bench = try SealingBench()
        try bench.fill(100, every: 1)
        try bench.seal(before: start + hour)
        for _ in 0..<15 {
            let outcome = try bench.insert(5, at: start + 10, origin: .receipt)
            guard case .stored(let time) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(time > start + 99)
        }
        #expect(try bench.difference() == nil)
    }

    @Test("have tests that can be read, and written anew, with which they are rows until the next sealing")
    func tests() throws {
        let bench = try sealed()
        let time = start + 70_000
        #expect(try bench.store.tests(at: time, of: 1) == QualityTests())
        #expect(try bench.store.tests(at: time + 1, of: 1) == nil)
        try bench.set(QualityTests(bits: 0x4), at: time)
        #expect(try bench.rowCount() == 360)
        #expect(try bench.segments().isEmpty)
        #expect(try bench.store.tests(at: time, of: 1) == QualityTests(bits: 0x4))
        #expect(try bench.insert(0.7, at: time) == .duplicate)
        #expect(try bench.difference() == nil)
        #expect(try bench.seal(before: start + hour).readings == 360)
        #expect(try bench.difference() == nil)
    }

    @Test("are as they were when a change is rolled back")
    func rolledBack() throws {
        let bench = try sealed()
        try bench.store.setTests(QualityTests(bits: 0x4), at: start, of: 1)
        bench.store.rollback()
        #expect(try bench.segments().map(\.count) == [360])
        #expect(try bench.store.tests(at: start, of: 1) == QualityTests())
        #expect(try bench.insert(0, at: start) == .duplicate)
        #expect(try bench.difference() == nil)
    }

    @Test("go by whole segments, and of one that reaches over the border what lies before it")
    func retention() throws {
        let bench = try SealingBench()
        for part in [0, 1, 2] as [Int64] {
            try bench.fill(100, from: start + part * hour)
            try bench.seal(before: start + (part + 1) * hour)
        }
        let border = start + hour + 505_000
        #expect(try bench.store.removeReadings(before: border, limit: 1000) == 151)
        #expect(try bench.segments().map(\.count) == [49, 100])
        #expect(try bench.segments().first?.firstTime == start + hour + 510_000)
        #expect(try bench.removedReadings() == 151)
        bench.forget { $0 < border }
        #expect(try bench.difference() == nil)
        #expect(try bench.store.removeReadings(before: border, limit: 1000) == 0)
    }

    @Test("are read by another connection as of one moment, while they are sealed")
    func whileSealed() throws {
        let bench = try SealingBench()
        try bench.fill(100, every: 120_000)
        try bench.store.commit()
        let reader = try StoreReader(path: bench.path)
        for isNewestFirst in [false, true] {
            var count = 0
            try reader.readings(in: .distantPast ..< .distantFuture, of: [1], newestFirst: isNewestFirst) { _ in
                count += 1
                if count == 10 { try! bench.seal(before: start + (isNewestFirst ? 100 : 2) * hour) }
                return true
            }
            #expect(count == 100)
        }
        #expect(try bench.segments().count > 1)
    }
}
