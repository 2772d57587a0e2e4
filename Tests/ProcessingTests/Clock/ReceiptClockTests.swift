import Processing
import Telemetry
import TestKit
import Testing

@Suite("ReceiptClock")
struct ReceiptClockTests {
    private let noon = Timestamp(rfc3339: "2026-11-23T12:00:00Z")!

    private func read(_ clock: inout ReceiptClock, _ wall: Timestamp, _ monotonic: Int64) -> Int64 {
        clock.read(wall: wall, monotonic: monotonic) - noon
    }

    @Test("is the gateway's clock, forward steps included")
    func follows() {
        var clock = ReceiptClock()
        #expect(read(&clock, noon, 0) == 0)
        #expect(read(&clock, noon + 10, 10) == 10)
        #expect(read(&clock, noon + 86_400_000, 20) == 86_400_000)
    }

    @Test("goes half as fast after a small step back, until the clock has caught up")
    func slows() {
        var clock = ReceiptClock()
        _ = read(&clock, noon, 0)
        #expect(read(&clock, noon - 30_000, 0) == 0)
        #expect(read(&clock, noon - 20_000, 10_000) == 5000)
        #expect(read(&clock, noon + 29_000, 59_000) == 29_500)
        #expect(read(&clock, noon + 30_000, 60_000) == 30_000)
        #expect(read(&clock, noon + 31_000, 61_000) == 31_000)
    }

    @Test("follows at once where the clock was set back by more than a minute")
    func followsBack() {
        var clock = ReceiptClock()
        _ = read(&clock, noon, 0)
        #expect(read(&clock, noon - 60_001, 0) == -60_001)
        #expect(read(&clock, noon - 50_001, 10_000) == -50_001)
    }

    @Test("never goes back by a little, whatever the clock does", arguments: 0..<20)
    func neverBackByALittle(round: UInt64) {
        var random = SeededGenerator(seed: 0xC10C + round)
        var clock = ReceiptClock()
        var wall = noon
        var monotonic: Int64 = 0
        var last = clock.read(wall: wall, monotonic: monotonic)
        for _ in 0..<2000 {
            let passed = Int64.random(in: 0...3000, using: &random)
            monotonic += passed
            wall = wall + passed
            if Int.random(in: 0..<50, using: &random) == 0 {
                wall = wall + Int64.random(in: -200_000...100_000, using: &random)
            }
            let time = clock.read(wall: wall, monotonic: monotonic)
            let isBack = time < last
            #expect(!isBack || (last - time > 60_000 && time == wall), "seed \(0xC10C + round)")
            #expect(time >= wall && time - wall <= 60_000 + passed / 2)
            last = time
        }
    }
}
