import Telemetry
import TestKit

/// A day of values that no sensor of the street has, one every ten seconds; the same each time.
struct SyntheticSeries {
    private let start: Timestamp
    private var random = SeededGenerator(seed: 1)
    private var level = 20.0

    init(start: Timestamp) {
        self.start = start
    }

    /// - Parameter jitter: milliseconds by which a time may be late.
    mutating func points(
        jitter: Int64 = 0, _ value: (inout SyntheticSeries) -> Double
    ) -> [(time: Timestamp, value: Double)] {
        (0..<8640).map { index in
            (start + index * 10_000 + Int64.random(in: 0...jitter, using: &random), value(&self))
        }
    }

    mutating func walk() -> Double {
        level += .random(in: -0.2...0.2, using: &random)
        return level
    }

    mutating func bits() -> Double { Double(bitPattern: random.next()) }
}
