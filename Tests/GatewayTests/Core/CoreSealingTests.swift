import Telemetry
import TestKit
import Testing

@testable import Gateway
@testable import Storage

@Suite("Core's sealing")
struct CoreSealingTests {
    private func filled() throws -> CoreBench {
        let bench = try CoreBench(seed: 1)
        for second in 0..<60 as Range<Int64> {
            try bench.take(
                (0..<CoreBench.seriesCount).map { .init(series: $0, time: bench.start + second * 1000, value: 5) })
        }
        // The slowest wait 400 seconds.
        try bench.advance(milliseconds: 500_000)
        return bench
    }

    @Test("takes enough of each series for segments at once, however many series there are")
    func manySeries() throws {
        let few = try filled()
        try few.advance(milliseconds: 600_000)
        try few.seal(rowsInOneGo: 20)
        #expect(try few.sealedCount() == 0, "no series has enough rows among twenty")
        let enough = try filled()
        try enough.advance(milliseconds: 600_000)
        try enough.seal(rowsInOneGo: 20, rowsOfSeries: 64)
        #expect(try enough.sealedCount() == 60 * CoreBench.seriesCount)
    }

    @Test("leaves what waits for its minute to be closed, of the slowest series")
    func unfinished() throws {
        let bench = try filled()
        try bench.seal(rowsInOneGo: 10_000)
        #expect(try bench.sealedCount() == 0)
        try bench.restart()
        try bench.finish()
        try bench.seal(rowsInOneGo: 10_000)
        #expect(try bench.sealedCount() == 60 * CoreBench.seriesCount)
        #expect(try bench.aggregates(of: 1, tier: .minute).count == 1)
    }

    @Test("says what it has sealed, and has nothing to do until more is old enough")
    func rounds() throws {
        let bench = try filled()
        try bench.advance(milliseconds: 600_000)
        #expect(bench.hasToSeal)
        try bench.seal(rowsInOneGo: 10_000)
        #expect(bench.sealedFigures == 60 * CoreBench.seriesCount)
        #expect(!bench.hasToSeal)
        try bench.advance(milliseconds: 60_000)
        #expect(bench.hasToSeal)
    }

    @Test("comes back to what a clock that was ahead has sealed")
    func clockAhead() throws {
        let bench = try CoreBench(seed: 1)
        let right = bench.clock.now
        bench.clock.step(to: right + 10 * 3_600_000)
        for _ in 0..<120 {
            try bench.take([.init(series: 2, time: nil, value: 1)])
            try bench.advance(milliseconds: 30_000)
        }
        try bench.advance(milliseconds: 600_000)
        try bench.seal()
        #expect(try bench.sealedCount() > 100)
        bench.clock.step(to: right)
        try bench.closeWindows()
        for _ in 0..<30 {
            try bench.take([.init(series: 2, time: nil, value: 2)])
            try bench.advance(milliseconds: 30_000)
            try bench.seal()
        }
        try bench.restart()
        bench.clock.step(to: right + 10 * 3_600_000)
        try bench.closeWindows()
        for _ in 0..<30 {
            try bench.take([.init(series: 2, time: nil, value: 3)])
            try bench.advance(milliseconds: 30_000)
        }
        try bench.finish()
        try bench.seal()
        #expect(try bench.storedPoints()[2].points.count == 180)
        #expect(try bench.aggregateDifferences(from: bench.storedValues()).isEmpty)
        #expect(try bench.imbalance() == nil)
        #expect(try bench.store.brokenInvariants().isEmpty)
    }
}
