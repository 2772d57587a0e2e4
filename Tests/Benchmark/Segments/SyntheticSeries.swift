import Telemetry
import TestKit

/// A day of values that no sensor of the street has, one every ten seconds; the same each time.
struct SyntheticSeries {
    private let start: Timestamp
    private var random: SeededGenerator
    private var level = 20.0

    init(start: Timestamp, seed: UInt64 = 1) {
        self.start = start
        random = SeededGenerator(seed: seed)
    }

    /// - Parameter jitter: milliseconds by which a time may be late.
    mutating func points(
        count: Int64 = 8640, jitter: Int64 = 0, _ value: (inout SyntheticSeries) -> Double
    ) -> [(time: Timestamp, value: Double)] {
        (0..<count).map { index in
            (start + index * 10_000 + Int64.random(in: 0...jitter, using: &random), value(&self))
        }
    }

    mutating func walk() -> Double {
        level += .random(in: -0.2...0.2, using: &random)
        return level
    }

    mutating func bits() -> Double { Double(bitPattern: random.next()) }
}
