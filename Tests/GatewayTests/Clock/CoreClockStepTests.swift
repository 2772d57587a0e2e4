import Processing
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// The clock of a box is set while the daemon runs.
@Suite("Core and steps of the clock")
struct CoreClockStepTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let morning = ClockBench.morning

    @Test(
        "files what comes after an hour's correction at the corrected time, in order, and not behind what came before")
    func hourBack() throws {
        let bench = try ClockBench(path: path, wall: morning)
        try bench.deliver(1)
        try bench.pass(milliseconds: 10_000)
        let right = bench.clock.now - 3_600_000
        bench.clock.step(to: right)
        for value in 2...4 {
            try bench.deliver(value)
            try bench.deliver(value * 10, quantity: "humidity")
            try bench.pass(milliseconds: 10_000)
        }
        #expect(
            try bench.stored() == [
                .init(time: right, value: 2), .init(time: right + 10_000, value: 3),
                .init(time: right + 20_000, value: 4), .init(time: morning, value: 1),
            ])
        #expect(try bench.stored("humidity").map(\.time) == [right, right + 10_000, right + 20_000])
        try bench.pass(milliseconds: 180_000)
        #expect(try bench.minute(right - 10_000)?.count == 3, "its windows are computed again")
    }

    @Test("keeps order and about the distances where the clock is set back by half a minute")
    func littleBack() throws {
        let bench = try ClockBench(path: path, wall: morning)
        try bench.deliver(1)
        bench.clock.step(to: morning - 30_000)
        for value in 2...8 {
            try bench.pass(milliseconds: 10_000)
            try bench.deliver(value)
        }
        try bench.commit()
        #expect(
            try bench.stored().map { $0.time - morning } == [0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000])
        #expect(try bench.stored().map(\.value) == (1...8).map(Double.init))
    }

    @Test("sees a step with its size, and goes on believing")
    func step() throws {
        let bench = try ClockBench(path: path, wall: morning)
        #expect(bench.look().step == nil)
        bench.clock.step(to: morning - 3_600_000)
        #expect(bench.look().step == .init(time: morning - 3_600_000, milliseconds: -3_600_000))
        #expect(bench.keeper.trust.isTrusted)
    }

    @Test("a clock that falls back to 1970 while the daemon runs dates nothing")
    func backTo1970() throws {
        let bench = try ClockBench(path: path, wall: morning)
        try bench.deliver(1)
        try bench.pass(milliseconds: 10_000)
        bench.clock.step(to: Timestamp(milliseconds: 5000))
        bench.look()
        try bench.deliver(2)
        try bench.pass(milliseconds: 10_000)
        bench.clock.step(to: morning + 20_000)
        try bench.tick()
        #expect(try bench.stored() == [.init(time: morning, value: 1), .init(time: morning + 10_000, value: 2)])
    }
}
