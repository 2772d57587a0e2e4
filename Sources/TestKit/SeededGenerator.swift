import Glibc

/// Random numbers that a failing test can be run with again. Source: SplitMix64, Steele et al. 2014.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// For the message of an expectation: `"seed \(random.seed)"`.
    public let seed: UInt64
    private var state: UInt64

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The seed in `POORT_TEST_SEED`, or a new one each time.
    public static func fromEnvironment() -> SeededGenerator {
        let given = getenv("POORT_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
        return SeededGenerator(seed: given ?? UInt64.random(in: 0...UInt64.max))
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
