import Telemetry
import TestKit
import Testing

@Suite("DirectionSum")
struct DirectionSumTests {
    private let time = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func sum(_ directions: [Double]) -> DirectionSum {
        var sum = DirectionSum(degrees: directions[0], time: time)
        for (index, direction) in directions.enumerated().dropFirst() {
            sum.add(DirectionSum(degrees: direction, time: time + Int64(index)))
        }
        return sum
    }

    private func mean(_ directions: [Double]) -> Double? { sum(directions).meanDegrees(count: directions.count) }

    @Test("has the mean of 350° and 10° at 0°, to the last bit")
    func acrossNorth() {
        #expect(mean([350, 10]) == 0)
        #expect(mean([10, 350]) == 0)
        #expect(mean([350, 10])?.sign == .plus)
        #expect(mean([355, 5, 0]) == 0)
        #expect(mean([-10, 370]) == 0)
    }

    @Test("is exact at quarter turns, in whatever turn they are told", arguments: [0, 90, 180, 270] as [Double])
    func quarterTurns(direction: Double) {
        for turns in [-3600.0, -360, 0, 360, 7200] { #expect(mean([direction + turns]) == direction) }
        #expect(mean([direction, direction, direction]) == direction)
        #expect(mean([direction + 40, direction - 40]).map { abs($0 - direction) < 1e-12 } ?? false)
    }

    @Test("has no mean where directions cancel out", arguments: 0..<50)
    func opposites(round: UInt64) {
        var random = SeededGenerator(seed: 0x0FF + round)
        let direction = Double(Int.random(in: 0..<3600, using: &random)) / 10
        #expect(mean([direction, direction + 180]) == nil)
        #expect(mean([direction, direction + 120, direction + 240]) == nil)
        #expect(sum([direction, direction + 180]).resultantLength(count: 2) < 1e-12)
    }

    @Test("has a length of 1 where all agree, and less the less they do")
    func resultantLength() {
        #expect(sum([90, 90, 90]).resultantLength(count: 3) == 1)
        #expect(abs(sum([0, 90]).resultantLength(count: 2) - 0.5.squareRoot()) < 1e-15)
        #expect(sum([45]).resultantLength(count: 0) == 0)
    }

    @Test("stays within the circle", arguments: 0..<100)
    func range(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xC1C + round)
        let directions = (0..<Int.random(in: 1...20, using: &random)).map { _ in
            [
                Double.random(in: -400...400, using: &random), 360.0.nextDown, 0.0.nextDown, -0.0,
                .leastNonzeroMagnitude, 1e17,
                -Double.greatestFiniteMagnitude,
            ].randomElement(using: &random)!
        }
        if let mean = mean(directions) { #expect(mean >= 0 && mean < 360 && !(mean == 0 && mean.sign == .minus)) }
        let length = sum(directions).resultantLength(count: directions.count)
        #expect(length >= 0 && length <= 1)
    }
}
