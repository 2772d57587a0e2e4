import Telemetry
import Testing

@Suite("CounterWidth")
struct CounterWidthTests {
    @Test("finds what a full counter counted")
    func wraps() throws {
        let width = try #require(CounterWidth(bits: 16))
        #expect(width.increase(from: 65_530, to: 4, milliseconds: 60_000) == 10)
        #expect(width.increase(from: 65_535, to: 0, milliseconds: 1) == 1)
        #expect(CounterWidth(bits: 32)?.increase(from: 4_294_967_290, to: 0, milliseconds: 60_000) == 6)
    }

    @Test("takes a fall for a restart where more would have been counted than can have been")
    func implausible() throws {
        let width = try #require(CounterWidth(bits: 16))
        #expect(width.increase(from: 60_000, to: 5, milliseconds: 60_000) == nil)
        #expect(width.increase(from: 65_436, to: 500, milliseconds: 60_000) == 600, "ten a second")
        #expect(width.increase(from: 65_436, to: 501, milliseconds: 60_000) == nil)
        let slow = try #require(CounterWidth(bits: 16, maximumPerSecond: 0.5))
        #expect(slow.increase(from: 65_530, to: 24, milliseconds: 60_000) == 30)
        #expect(slow.increase(from: 65_530, to: 25, milliseconds: 60_000) == nil)
    }

    @Test("says nothing where the counter may have gone round unseen")
    func longGap() throws {
        let width = try #require(CounterWidth(bits: 16))
        #expect(width.increase(from: 60_000, to: 5, milliseconds: 6_553_000) == 5541)
        #expect(width.increase(from: 60_000, to: 5, milliseconds: 6_554_000) == nil)
    }

    @Test("is no width of a counter that goes beyond it, and none of times or values that cannot be")
    func notOfThisWidth() throws {
        let width = try #require(CounterWidth(bits: 8))
        #expect(width.increase(from: 256, to: 0, milliseconds: 1000) == nil)
        #expect(width.increase(from: 255, to: -1, milliseconds: 1000) == nil)
        #expect(width.increase(from: 255, to: 0, milliseconds: -1) == nil)
        #expect(width.increase(from: 3, to: 3, milliseconds: 1000) == nil)
        #expect(width.increase(from: .nan, to: 0, milliseconds: 1000) == nil)
        #expect(width.increase(from: 255, to: .nan, milliseconds: 1000) == nil)
        for (bits, rate) in [(0, 1.0), (54, 1), (-1, 1), (8, 0), (8, -1), (8, .nan), (8, .infinity)] {
            #expect(CounterWidth(bits: bits, maximumPerSecond: rate) == nil)
        }
        #expect(CounterWidth(bits: 53)?.modulus == 0x1p53)
    }
}
