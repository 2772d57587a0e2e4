import Processing
import Telemetry
import Testing

@Suite("Co-located condition")
struct CoLocatedTests {
    private let limits = CoLocatedLimits(above: 70)
    private let dust = SeriesPoint(time: Timestamp(seconds: 10_000), value: 12)

    private func humidity(_ value: Double, secondsBefore seconds: Int64) -> SeriesPoint {
        SeriesPoint(time: dust.time - seconds * 1000, value: value)
    }

    @Test("makes a reading suspect above the limit, which itself passes")
    func limit() {
        #expect(limits.flag(dust, reference: humidity(70, secondsBefore: 10)) == .good)
        #expect(limits.flag(dust, reference: humidity(70.1, secondsBefore: 10)) == .suspect)
    }

    @Test("is not evaluated without a measurement that is recent enough and was not taken later")
    func reference() {
        #expect(limits.flag(dust, reference: nil) == .unknown)
        #expect(limits.flag(dust, reference: humidity(90, secondsBefore: 900)) == .suspect)
        #expect(limits.flag(dust, reference: humidity(90, secondsBefore: 901)) == .unknown)
        #expect(limits.flag(dust, reference: humidity(90, secondsBefore: 0)) == .suspect)
        #expect(limits.flag(dust, reference: humidity(90, secondsBefore: -1)) == .unknown)
        #expect(limits.flag(dust, reference: humidity(.nan, secondsBefore: 1)) == .unknown)
        #expect(limits.flag(SeriesPoint(time: dust.time, value: .nan), reference: nil) == .missing)
    }
}

@Suite("Peer spread")
struct PeerSpreadTests {
    private func flag(_ value: Double, _ peers: [Double], _ limits: PeerSpreadLimits) -> QualityFlag {
        var peers = peers
        return limits.flag(value, peers: &peers)
    }

    @Test("flags what is farther from the median than the limit, on either side")
    func limit() {
        let limits = PeerSpreadLimits(suspect: 5, fail: 10)
        #expect(flag(25, [20, 19, 30], limits) == .good)
        #expect(flag(25.1, [20, 19, 30], limits) == .suspect)
        #expect(flag(14.9, [20, 19, 30], limits) == .suspect)
        #expect(flag(30, [20, 19, 30], limits) == .suspect)
        #expect(flag(30.1, [20, 19, 30], limits) == .fail)
        #expect(flag(20, [10, 30, 20, 21], limits) == .good, "of an even number the middle of the middle two")
        #expect(flag(25.6, [10, 30, 20, 21], limits) == .suspect)
    }

    @Test("allows for more where more is measured")
    func relative() {
        let limits = PeerSpreadLimits(suspect: 5, fail: 10, relative: 0.5)
        #expect(flag(155, [100, 100, 100], limits) == .good)
        #expect(flag(155.1, [100, 100, 100], limits) == .suspect)
        #expect(flag(-155.1, [-100, -100, -100], limits) == .suspect)
    }

    @Test("one bad peer of three changes nothing; too few are not evaluated")
    func peers() {
        let limits = PeerSpreadLimits(suspect: 5, fail: 10)
        #expect(flag(20, [20, 21, 900], limits) == .good)
        #expect(flag(20, [20, 900], limits) == .unknown)
        #expect(flag(20, [20, 21, .nan, .infinity], limits) == .unknown)
        #expect(flag(.nan, [20, 21, 22], limits) == .missing)
        #expect(flag(20, [], PeerSpreadLimits(suspect: 5, minimumPeers: 0)) == .unknown)
        #expect(flag(99, [0, 0, 0], PeerSpreadLimits(suspect: 0, fail: nil)) == .good, "0 disables a level")
        #expect(flag(1e308, [-1e308, -1e308, -1e308], limits) == .fail)
        #expect(!limits.applies(to: Timestamp(seconds: 0), from: Timestamp(seconds: 1)))
        #expect(!limits.applies(to: Timestamp(seconds: 1), from: Timestamp(seconds: 1)))
        #expect(limits.applies(to: Timestamp(seconds: 900), from: Timestamp(seconds: 0)))
        #expect(!limits.applies(to: Timestamp(seconds: 901), from: Timestamp(seconds: 0)))
    }
}
