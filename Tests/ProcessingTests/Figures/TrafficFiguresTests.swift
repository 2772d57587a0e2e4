import Processing
import Telemetry
import TestKit
import Testing

@Suite("V85")
struct V85Tests {
    @Test("of single speeds is the one that 85 of a hundred do not exceed")
    func singleSpeeds() throws {
        let speeds = try #require(Distribution((1...20).map { Double(30 + $0) }))
        #expect(speeds.percentile(85) == 47)
        // Speeds of which each stands for several vehicles.
        let counted = try #require(
            Distribution(counted: [(value: 30, count: 84), (value: 50, count: 15), (value: 70, count: 1)]))
        #expect(counted.percentile(85) == 50)
        #expect(Distribution(counted: [(value: 30, count: 85), (value: 50, count: 15)])?.percentile(85) == 30)
    }
}

@Suite("Traffic shares")
struct TrafficSharesTests {
    @Test("shares are of all that passed")
    func shares() {
        let shares = TrafficShares([.car: 70, .heavyVehicle: 10, .bicycle: 15, .pedestrian: 5])
        #expect(shares.total == 100)
        #expect(shares.share(of: .car) == 0.7 && shares.share(of: .pedestrian) == 0.05)
        #expect(shares.share(of: .motorcycle) == nil)
        #expect(shares.heavyShare == 0.125)
        #expect(shares.counts.map(\.kind) == [.car, .heavyVehicle, .bicycle, .pedestrian])
    }

    @Test("a total of motor vehicles is counted once: what no class holds is another vehicle")
    func motorVehicles() {
        let shares = TrafficShares([.heavyVehicle: 10, .bicycle: 100], motorVehicles: 100)
        #expect(shares.total == 200)
        #expect(shares.share(of: .otherVehicle) == 0.45 && shares.heavyShare == 0.1)
        let inconsistent = TrafficShares([.car: 60, .heavyVehicle: 50], motorVehicles: 100)
        #expect(inconsistent.total == 110 && inconsistent.share(of: .otherVehicle) == nil)
        #expect(TrafficShares([:], motorVehicles: 7).share(of: .otherVehicle) == 1)
    }

    @Test("nobody has no shares, and numbers that are none count for nothing")
    func nobody() {
        let nobody = TrafficShares([.car: 0, .heavyVehicle: 0])
        #expect(nobody.total == 0 && nobody.share(of: .car) == nil && nobody.heavyShare == nil)
        let hostile = TrafficShares([.car: .nan, .bicycle: -3, .pedestrian: 2], motorVehicles: .infinity)
        #expect(hostile.total == 2 && hostile.share(of: .pedestrian) == 1 && hostile.share(of: .car) == nil)
    }

    @Test("shares sum to one", arguments: 0..<50)
    func sum(round: UInt64) {
        var random = SeededGenerator(seed: 0x5A4E + round)
        var counted: [TrafficShares.Class: Double] = [:]
        for kind in TrafficShares.Class.allCases { counted[kind] = Double(Int.random(in: 0...999, using: &random)) }
        let shares = TrafficShares(counted, motorVehicles: Double(Int.random(in: 0...5000, using: &random)))
        let sum = TrafficShares.Class.allCases.reduce(0) { $0 + (shares.share(of: $1) ?? 0) }
        #expect(shares.total == 0 || abs(sum - 1) < 1e-12)
    }
}
