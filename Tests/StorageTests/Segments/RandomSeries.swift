import Storage
import Telemetry
import TestKit

/// Series of every character for segments to hold.
struct RandomSeries {
    enum Times: CaseIterable {
        case regular, jitter, wholeSeconds, steps, irregular, gaps, dense, extreme
    }

    enum Values: CaseIterable {
        case constant, decimals, mixedDecimals, walk, counter, special, subnormal, randomBits, notNumbers, exponents
        case decimalsWithOthers, thirds
    }

    enum Verdicts: CaseIterable {
        case one, rare, changing, random, flagsAlone
    }

    static func readings(
        _ times: Times, _ values: Values, _ verdicts: Verdicts, count: Int, _ random: inout SeededGenerator
    ) -> [SealedReading] {
        let moments = RandomSeries.moments(times, count: count, &random)
        let numbers = RandomSeries.numbers(values, count: moments.count, &random)
        let judged = RandomSeries.judged(verdicts, count: moments.count, &random)
        return moments.indices.map { index in
            SealedReading(
                time: Timestamp(milliseconds: moments[index]), value: numbers[index], flag: judged[index].flag,
                tests: judged[index].tests)
        }
    }

    private static func moments(_ kind: Times, count: Int, _ random: inout SeededGenerator) -> [Int64] {
        let start = Int64.random(in: -2_000_000_000_000...2_000_000_000_000, using: &random)
        let interval: Int64 = [1000, 10_000, 60_000, 900_000].randomElement(using: &random)!
        var moment = kind == .wholeSeconds ? start / 1000 * 1000 : start
        var moments: [Int64] = []
        for index in 0..<count {
            moments.append(moment)
            let isRare = Int.random(in: 0..<25, using: &random) == 0
            switch kind {
            case .regular: moment += interval
            case .jitter:
                let jitter = Int64.random(in: -40...40, using: &random)
                moment = max(moment + 1, start + Int64(index + 1) * interval + jitter)
            case .wholeSeconds: moment += Int64.random(in: 9...11, using: &random) * 1000
            case .steps: moment += isRare ? interval * 7 : interval
            case .irregular: moment += Int64.random(in: 1...1_000_000, using: &random)
            case .gaps: moment += isRare ? Int64.random(in: 1...1 << 45, using: &random) : 1000
            case .dense: moment += 1
            case .extreme: break
            }
        }
        guard kind == .extreme else { return moments }
        var extremes: Set<Int64> = [.min, .max, 0, -1]
        for _ in 0..<count { extremes.insert(.random(in: .min ... .max, using: &random)) }
        return extremes.sorted()
    }

    private static func numbers(_ kind: Values, count: Int, _ random: inout SeededGenerator) -> [Double] {
        var level = Double.random(in: -50...1000, using: &random)
        let digits = Int.random(in: 0...6, using: &random)
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let special: [Double] = [
            0, -0.0, .infinity, -.infinity, .nan, .signalingNaN, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNormalMagnitude, 9_007_199_254_740_992,
            9_007_199_254_740_994, -9_007_199_254_740_991, 1e22, 1e-22, 0.1, 1, -1, .pi,
        ]
        return (0..<count).map { _ in
            switch kind {
            case .constant: return (level * scale).rounded() / scale
            case .decimals: return (Double.random(in: -100...100, using: &random) * scale).rounded() / scale
            case .mixedDecimals:
                let other = [1.0, 10, 1000, 1e9, 1e12].randomElement(using: &random)!
                return (level * other).rounded() / other
            case .walk:
                level += .random(in: -0.5...0.5, using: &random)
                return (level * scale).rounded() / scale
            case .counter:
                level = Int.random(in: 0..<200, using: &random) == 0 ? 0 : level + Double(random.next() % 9)
                return level.rounded()
            case .special: return special.randomElement(using: &random)!
            case .subnormal: return Double(bitPattern: random.next() >> 13)
            case .randomBits: return Double(bitPattern: random.next())
            case .notNumbers: return Double(bitPattern: random.next() | 0x7FF0_0000_0000_0000)
            case .exponents:
                return Double(sign: .plus, exponent: .random(in: -1000...1000, using: &random), significand: 1)
            case .decimalsWithOthers:
                level += .random(in: -0.5...0.5, using: &random)
                let isOther = Int.random(in: 0..<25, using: &random) == 0
                return isOther ? special.randomElement(using: &random)! : (level * 10).rounded() / 10
            case .thirds:
                level += .random(in: -1...1, using: &random)
                return (level * 10).rounded() / 30
            }
        }
    }

    private typealias Judged = (flag: QualityFlag, tests: QualityTests)

    private static func judged(_ kind: Verdicts, count: Int, _ random: inout SeededGenerator) -> [Judged] {
        let usual = QualityTests(bits: 0x1_1111)
        return (0..<count).map { index in
            switch kind {
            case .one: (usual.combined, usual)
            case .rare: Int.random(in: 0..<50, using: &random) == 0 ? (.suspect, .init(bits: 0x1_1311)) : (.good, usual)
            case .changing: index % 2 == 0 ? (.good, usual) : (.fail, .init(bits: 0x4))
            case .random:
                (QualityFlag.allCases.randomElement(using: &random)!, .init(bits: Int64(bitPattern: random.next())))
            case .flagsAlone: (QualityFlag.allCases[index / 7 % QualityFlag.allCases.count], .init())
            }
        }
    }
}

extension SealedReading {
    /// Whether all of it is the same, to the last bit.
    func isIdentical(to other: SealedReading) -> Bool {
        time == other.time && value.bitPattern == other.value.bitPattern && flag == other.flag && tests == other.tests
    }
}

extension [SealedReading] {
    func isIdentical(to others: [SealedReading]) -> Bool {
        count == others.count && zip(self, others).allSatisfy { $0.isIdentical(to: $1) }
    }

    func sealed(series: SeriesID = 7) throws(SegmentError) -> [UInt8] {
        var builder = SegmentBuilder(series: series)
        for reading in self { try builder.append(reading) }
        return try builder.seal()
    }

    /// What a segment holds.
    init(segment bytes: [UInt8]) throws(SegmentError) {
        let result = bytes.withUnsafeBytes { bytes in
            Result<[SealedReading], SegmentError> { () throws(SegmentError) in
                var reader = try SegmentReader(bytes)
                var readings: [SealedReading] = []
                while let reading = try reader.next() { readings.append(reading) }
                return readings
            }
        }
        self = try result.get()
    }
}
