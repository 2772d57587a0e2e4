import Processing
import Telemetry
import TestKit
import Testing

@Suite("PercentileSearch")
struct PercentileSearchTests {
    private func search(_ count: Int, passes: (Int) -> [Double]) -> (percentiles: Percentiles?, passes: Int) {
        var search = PercentileSearch(count: count)
        var pass = 0
        while search.isOpen, pass < 20 {
            for value in passes(pass) { search.offer(value) }
            search.narrow()
            pass += 1
        }
        return (search.percentiles, pass)
    }

    @Test("finds in six passes what a distribution gives, in whatever order each pass comes", arguments: 0..<60)
    func matchesDistribution(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x5EA + round)
        let readings = (0..<Int.random(in: 1...200, using: &random)).map { _ in
            [
                Double.random(in: -1e3...1e3, using: &random), Double(Int.random(in: -3...3, using: &random)), -0.0,
                .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            ].randomElement(using: &random)!
        }
        var orders = SeededGenerator(seed: round)
        let found = search(readings.count) { _ in readings.shuffled(using: &orders) }
        #expect(found.percentiles == Distribution(readings)?.percentiles)
        #expect(found.passes == 6)
    }

    @Test("finds nothing when the readings are not those that were counted")
    func changedReadings() {
        #expect(search(3) { _ in [1, 2] }.percentiles == nil)
        #expect(search(3) { $0 < 2 ? [1, 2, 3] : [1, 2, 3, 4] }.percentiles == nil)
        #expect(search(3) { $0 < 2 ? [1, 2, 3] : [100, 200, 300] }.percentiles == nil)
        #expect(search(3) { _ in [1, 2, .nan] }.percentiles == nil)
        #expect(search(0) { _ in [] }.percentiles == nil)
        #expect(search(-1) { _ in [] }.percentiles == nil)
        #expect(search(.max) { _ in [] }.percentiles == nil)
    }
}
