import Telemetry
import TestKit
import Testing

@Suite("Distribution")
struct DistributionTests {
    @Test("gives the smallest value that so many of a hundred readings do not exceed")
    func nearestRank() throws {
        let hundred = try #require(Distribution((1...100).map(Double.init)))
        #expect(hundred.percentiles == Percentiles(p50: 50, p85: 85, p95: 95))
        let twenty = try #require(Distribution((1...20).map(Double.init)))
        #expect(twenty.percentiles == Percentiles(p50: 10, p85: 17, p95: 19))
        // Of an odd number the middle one; what falls between two readings is the upper.
        let five = try #require(Distribution([15, 20, 35, 40, 50]))
        #expect(five.percentiles == Percentiles(p50: 35, p85: 50, p95: 50))
        #expect(Distribution([7])?.percentiles == Percentiles(p50: 7, p85: 7, p95: 7))
        #expect(Distribution([])?.percentiles == nil)
    }

    @Test("ranks exactly where fractions do not", arguments: [1, 2, 19, 20, 21, 40, 100, 1000, 1 << 53])
    func ranks(count: Int) {
        for percent in [1, 50, 85, 95, 100] {
            let rank = Percentiles.rank(percent, of: count)
            #expect(rank * 100 >= percent * count && (rank - 1) * 100 < percent * count)
        }
    }

    @Test("is the same in any order, and merged from any portions", arguments: 0..<100)
    func anyOrder(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xD157 + round)
        let readings = randomReadings(&random)
        let whole = try #require(Distribution(readings))
        #expect(Distribution(readings.shuffled(using: &random)) == whole)
        var merged = try #require(Distribution([]))
        var rest = readings.shuffled(using: &random)[...]
        while !rest.isEmpty {
            let part = try #require(Distribution(rest.prefix(Int.random(in: 1...50, using: &random))))
            rest = rest.dropFirst(part.total)
            merged = try #require(Bool.random(using: &random) ? merged.merged(with: part) : part.merged(with: merged))
        }
        #expect(merged == whole)
        let sorted = readings.sorted()
        for percent in 1...100 {
            let plain = sorted.indices.first { ($0 + 1) * 100 >= percent * sorted.count }.map { sorted[$0] }
            #expect(whole.percentile(percent) == plain)
        }
        #expect(Distribution(counted: readings.map { (value: $0, count: 1) }) == whole)
        #expect(Distribution(counted: zip(whole.values, whole.counts).map { (value: $0, count: $1) }) == whole)
    }

    @Test("reads back from its bytes as it was", arguments: 0..<200)
    func bytes(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xB17E5 + round)
        let distribution = try #require(Distribution(randomReadings(&random)))
        let bytes = distribution.bytes
        #expect(Distribution(bytes: bytes) == distribution)
        #expect(Distribution(bytes: bytes)?.bytes == bytes)
        #expect(Distribution(bytes: bytes.dropLast()) == nil)
        #expect(Distribution(bytes: bytes + [0]) == nil)
    }

    @Test("keeps decimals short")
    func shortBytes() throws {
        #expect(try #require(Distribution([20.1, 20.1, 20.2, 20.4])).bytes == [1, 3, 0x92, 3, 2, 1, 1, 2, 1])
        #expect(try #require(Distribution([])).bytes == [0, 0])
        #expect(try #require(Distribution([-3])).bytes == [0, 1, 5, 1])
        // 1/3 is no decimal.
        #expect(try #require(Distribution([1.0 / 3])).bytes.count == 13)
    }

    @Test("holds the ends of the scale, and zero without a sign")
    func extremes() throws {
        let values = [
            -Double.greatestFiniteMagnitude, -1, -.leastNonzeroMagnitude, -0.0, 0.0, .leastNonzeroMagnitude, 0x1p-1030,
            0.1,
            .greatestFiniteMagnitude,
        ]
        let distribution = try #require(Distribution(values))
        #expect(distribution.values.count == 8)
        #expect(distribution.values[3].sign == .plus && distribution.counts[3] == 2)
        #expect(Distribution(bytes: distribution.bytes) == distribution)
        #expect(Distribution([-0.0])?.bytes == Distribution([0.0])?.bytes)
        #expect(Distribution([1, .nan]) == nil && Distribution([.infinity]) == nil)
        #expect(
            Distribution(counted: [(value: .nan, count: 1)]) == nil
                && Distribution(counted: [(value: 1, count: -1)]) == nil)
        #expect(Distribution(counted: [(value: 1, count: 0)]) == Distribution([]))
    }

    @Test("has a limit, beyond which it is none rather than wrong")
    func capacity() throws {
        let most = try #require(Distribution((0..<Distribution.capacity).map(Double.init)))
        #expect(most.total == Distribution.capacity)
        #expect(Distribution((0...Distribution.capacity).map(Double.init)) == nil)
        #expect(most.merged(with: try #require(Distribution([0.5]))) == nil)
        #expect(most.merged(with: try #require(Distribution([5, 5])))?.total == Distribution.capacity + 2)
        let huge = try #require(Distribution(counted: [(value: 1, count: 1 << 53)]))
        #expect(huge.percentile(95) == 1)
        #expect(huge.merged(with: huge) == nil)
        #expect(Distribution(counted: [(value: 1, count: 1 << 53), (value: 1, count: 1 << 53)]) == nil)
        #expect(Distribution(counted: [(value: 1, count: .max)]) == nil)
    }

    @Test("takes no damaged bytes, and never traps on them", arguments: 0..<300)
    func damaged(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xBAD + round)
        var bytes = try #require(Distribution(randomReadings(&random))).bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if let read = Distribution(bytes: bytes) {
            #expect(zip(read.values, read.values.dropFirst()).allSatisfy(<))
            #expect(read.values.allSatisfy(\.isFinite) && read.counts.allSatisfy { $0 > 0 })
            #expect(Distribution(bytes: read.bytes) == read)
        }
        #expect(
            Distribution(bytes: (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }) == nil || round > 0)
        #expect(Distribution(bytes: []) == nil)
        #expect(Distribution(bytes: [0, 1, 0, 0]) == nil, "a value that never occurred")
        #expect(Distribution(bytes: [0, 2, 0, 1, 0, 1]) == nil, "a value that comes twice")
    }

    private func randomReadings(_ random: inout SeededGenerator) -> [Double] {
        let kind = Int.random(in: 0..<5, using: &random)
        return (0..<Int.random(in: 1...300, using: &random)).map { _ in
            switch kind {
            case 0: Double(Int.random(in: -200...400, using: &random)) / 10
            case 1: Double(Int.random(in: 0...1_000_000, using: &random)) / 1000
            case 2: Double.random(in: -1...1, using: &random)
            case 3: Double(Int.random(in: 0...3, using: &random))
            default:
                [
                    0.1, 1e300, -1e300, .leastNonzeroMagnitude, -0.0, 0x1p60, -0x1p52, 1e-7, .greatestFiniteMagnitude,
                    Double(Int.random(in: -5...5, using: &random)),
                ].randomElement(using: &random)!
            }
        }
    }
}
