import Processing
import Telemetry
import Testing

@Suite("RetentionClock")
struct RetentionClockTests {
    private let noon = Timestamp(rfc3339: "2026-11-23T12:00:00Z")!
    private let hour: Int64 = 3_600_000

    @Test("follows a clock that goes as clocks do, over short outages")
    func follows() {
        var clock = RetentionClock()
        #expect(read(&clock, noon, 0) == noon)
        #expect(read(&clock, noon + hour, hour) == noon + hour)
        #expect(read(&clock, noon + 30 * hour, 2 * hour) == noon + 30 * hour)
    }

    @Test("does not believe a jump of years until it has stood for a day")
    func jump() {
        let wrong = noon + 4 * 365 * 24 * hour
        var clock = RetentionClock(believed: noon)
        #expect(read(&clock, wrong, 0) == noon)
        #expect(read(&clock, wrong + 23 * hour, 23 * hour) == noon)
        #expect(read(&clock, wrong + 24 * hour, 24 * hour) == wrong + 24 * hour)
    }

    @Test("forgets its doubt when the clock is set right, and begins anew with the next jump")
    func setRight() {
        let wrong = noon + 4 * 365 * 24 * hour
        var clock = RetentionClock(believed: noon)
        #expect(read(&clock, wrong, 0) == noon)
        #expect(read(&clock, noon + hour, hour) == noon + hour)
        #expect(read(&clock, wrong, 25 * hour) == noon + hour)
    }

    @Test("believes a clock that has gone back, which removes nothing")
    func back() {
        var clock = RetentionClock(believed: noon)
        #expect(read(&clock, noon - 1000 * hour, 0) == noon - 1000 * hour)
    }

    private func read(_ clock: inout RetentionClock, _ wall: Timestamp, _ monotonic: Int64) -> Timestamp {
        clock.read(wall: wall, monotonic: monotonic)
    }
}
