import Glibc

/// Random numbers that depend on the seed and the stream's name alone, so that a street can be played again and one
/// device more changes nothing for the others. Source: SplitMix64, Steele et al. 2014.
struct RandomSource: Sendable {
    private var state: UInt64

    /// - Parameter stream: what the numbers are for, such as `aq-0001/values`.
    init(seed: UInt64, stream: String) {
        // FNV-1a, since Swift's own hash differs from process to process.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state = RandomSource.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return RandomSource.mix(state)
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, 1.
    static func unit(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

    mutating func unit() -> Double { RandomSource.unit(next()) }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    mutating func whole(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(unit() * Double(range.upperBound - range.lowerBound + 1))
    }

    mutating func milliseconds(_ range: ClosedRange<Int>) -> Int64 { Int64(whole(range)) }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    /// Mean 0, standard deviation 1. Source: Box and Muller 1958.
    mutating func normal() -> Double {
        let radius = sqrt(-2 * log(1 - unit()))
        return radius * cos(2 * Double.pi * unit())
    }

    /// How many of independent events happen where `mean` are to be expected. Exact; takes time in proportion to `mean`.
    ///
    /// Source: Knuth, The Art of Computer Programming, 3.4.1; in portions, since e^-mean underflows.
    mutating func poisson(mean: Double) -> Int {
        var count = 0
        var left = mean
        while left > 0 {
            let limit = exp(-min(left, 30))
            var product = unit()
            while product > limit {
                count += 1
                product *= unit()
            }
            left -= 30
        }
        return count
    }
}
