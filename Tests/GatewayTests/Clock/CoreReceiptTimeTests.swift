import Telemetry
import TestKit
import Testing

@testable import Gateway

/// Readings without a time of their own are filed under the gateway's clock.
@Suite("Core and times of receipt")
struct CoreReceiptTimeTests {
    @Test("goes on counting up the times of receipt after a reload has given its series another number")
    func reload() throws {
        let bench = try CoreBench(seed: 1)
        for value in 1...5 { try bench.take([.init(series: 2, time: nil, value: Double(value))]) }
        try bench.reload(offset: CoreBench.seriesCount)
        try bench.take([.init(series: CoreBench.seriesCount + 2, time: nil, value: 6)])
        try bench.commit()
        let points = try bench.storedPoints()[2].points
        #expect(points.map(\.value) == [1, 2, 3, 4, 5, 6], "in the order in which they came")
        #expect(points.map { $0.time - points[0].time } == [0, 1, 2, 3, 4, 5], "a millisecond apart")
    }

    @Test("does not follow a clock that was a year ahead, once it is put right")
    func correctedClock() throws {
        let bench = try CoreBench(seed: 1)
        let right = bench.clock.now
        bench.clock.step(to: right + 365 * 86_400_000)
        try bench.take([.init(series: 2, time: nil, value: 1)])
        bench.clock.step(to: right)
        for value in [2.0, 3] { try bench.take([.init(series: 2, time: nil, value: value)]) }
        try bench.commit()
        let points = try bench.storedPoints()[2].points
        #expect(points.map(\.value) == [2, 3, 1])
        #expect(points.prefix(2).map { $0.time - right } == [0, 1])
    }

    @Test("keeps the order where a clock is put back by a little")
    func steppedBack() throws {
        let bench = try CoreBench(seed: 1)
        try bench.take([.init(series: 2, time: nil, value: 1)])
        bench.clock.step(to: bench.clock.now - 30_000)
        try bench.take([.init(series: 2, time: nil, value: 2)])
        try bench.commit()
        #expect(try bench.storedPoints()[2].points.map(\.value) == [1, 2])
    }
}
