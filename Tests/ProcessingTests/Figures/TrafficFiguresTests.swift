import Processing
import Telemetry
import TestKit
import Testing

@Suite("V85")
struct SpeedHistogramTests {
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

    @Test("of classes lies within its class as if vehicles were spread evenly")
    func classes() throws {
        var histogram = try #require(SpeedHistogram(edges: [0, 30, 50, 70]))
        #expect(histogram.v85 == nil)
        histogram.add([10, 70, 20, 0])
        #expect(histogram.v85 == .at(55), "5 of the 20 from 50 to 70 are among the 85")
        let median: Double = 30 + 20 * (40 / 70)
        #expect(histogram.percentile(50) == .at(median))
        #expect(histogram.percentile(10) == .at(30), "an edge belongs to the class below it")
        histogram.add([0, 0, 0, 100])
        #expect(histogram.v85 == .above(70))
        #expect(histogram.total == 200)
    }

    @Test("of shares counts each period by its vehicles")
    func shares() throws {
        var day = try #require(SpeedHistogram(edges: SpeedHistogram.telraamEdges.coarse))
        day.add(shares: [0, 0, 0, 0, 100, 0, 0, 0], ofVehicles: 900)
        day.add(shares: [0, 0, 0, 0, 0, 0, 100, 0], ofVehicles: 100)
        let v85: Double = 40 + 10 * (850 / 900)
        #expect(day.v85 == .at(v85))
        // An hour in which nobody passed, or nobody looked, says nothing.
        day.add(shares: [100, 0, 0, 0, 0, 0, 0, 0], ofVehicles: 0)
        let isTaken = day.add(shares: [0, 0, 0, 0, 0, 0, 0, 0], ofVehicles: 5)
        #expect(!isTaken && day.total == 1000)
        #expect(SpeedHistogram.telraamEdges.coarse.last == 70)
        #expect(SpeedHistogram.telraamEdges.fine.count == 25 && SpeedHistogram.telraamEdges.fine.last == 120)
    }

    @Test("takes no classes that are none, and no numbers that are none")
    func hostile() throws {
        for edges in [[], [1, 1], [2, 1], [.nan], [0, .infinity]] as [[Double]] {
            #expect(SpeedHistogram(edges: edges) == nil)
        }
        var histogram = try #require(SpeedHistogram(edges: [0, 30]))
        let empty = histogram
        for counts in [[1], [1, 2, 3], [1, -1], [1, .nan], [.infinity, 1]] {
            let isTaken = histogram.add(counts)
            #expect(!isTaken)
        }
        let isTaken = histogram.add(shares: [.greatestFiniteMagnitude, .greatestFiniteMagnitude], ofVehicles: 1)
        #expect(!isTaken && histogram == empty)
    }

    @Test("agrees with the speeds that classes were made of, within a class", arguments: 0..<50)
    func agrees(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x585 + round)
        let speeds = (0..<Int.random(in: 1...300, using: &random)).map { _ in
            Double(Int.random(in: 1...119, using: &random))
        }
        var histogram = try #require(SpeedHistogram(edges: SpeedHistogram.telraamEdges.fine))
        for speed in speeds {
            var one = [Double](repeating: 0, count: 25)
            one[Int(speed / 5)] = 1
            histogram.add(one)
        }
        let exact = try #require(Distribution(speeds)?.percentile(85))
        guard case .at(let speed)? = histogram.v85 else {
            Issue.record("no V85 of \(speeds.count) speeds")
            return
        }
        #expect(speed >= (exact / 5).rounded(.down) * 5 && speed <= (exact / 5).rounded(.down) * 5 + 5)
    }
}

@Suite("Traffic shares and weighted means")
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

    @Test("a weighted mean is the sum of products by the sum of weights", arguments: 0..<50)
    func weightedMean(round: UInt64) {
        var random = SeededGenerator(seed: 0x3EA + round)
        var mean = WeightedMean()
        var (products, weights) = (0.0, 0.0)
        for _ in 0..<Int.random(in: 1...100, using: &random) {
            let value = Double.random(in: 10...90, using: &random)
            let weight = Double(Int.random(in: 0...50, using: &random))
            mean.add(value, weight: weight)
            products += value * weight
            weights += weight
        }
        #expect(mean.weight == weights)
        #expect(weights == 0 ? mean.value == nil : abs(mean.value! - products / weights) < 1e-9)
    }

    @Test("a weighted mean neither overflows nor takes what is no number or no weight")
    func hostileWeights() {
        var mean = WeightedMean()
        for (value, weight) in [(5, 0), (5, -1), (.nan, 1), (5, .nan), (.infinity, 1), (5, .infinity)]
            as [(Double, Double)]
        {
            mean.add(value, weight: weight)
        }
        #expect(mean.value == nil && mean.weight == 0)
        mean.add(.greatestFiniteMagnitude, weight: 1)
        mean.add(-.greatestFiniteMagnitude, weight: 1)
        #expect(mean.value == 0)
        mean.add(1, weight: .greatestFiniteMagnitude)
        #expect(mean.value == 1)
        mean.add(2, weight: .greatestFiniteMagnitude)
        #expect(mean.value == 1, "weights that no number holds add nothing")
    }
}
