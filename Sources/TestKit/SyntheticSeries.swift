public import Telemetry

/// Values that no sensor of the street has, at an even distance in time; the same each time.
public struct SyntheticSeries {
    private let start: Timestamp
    private var random: SeededGenerator
    private var level = 20.0

    public init(start: Timestamp, seed: UInt64 = 1) {
        self.start = start
        random = SeededGenerator(seed: seed)
    }

    /// - Parameters:
    ///   - interval: milliseconds from one to the next.
    ///   - jitter: milliseconds by which a time may be late.
    public mutating func points(
        count: Int64 = 8640, interval: Int64 = 10_000, jitter: Int64 = 0,
        _ value: (inout SyntheticSeries) -> Double
    ) -> [(time: Timestamp, value: Double)] {
        (0..<count).map { index in
            (start + index * interval + Int64.random(in: 0...jitter, using: &random), value(&self))
        }
    }

    public mutating func walk() -> Double {
        level += .random(in: -0.2...0.2, using: &random)
        return level
    }

    public mutating func tenths() -> Double { (walk() * 10).rounded() / 10 }

    public mutating func bits() -> Double { Double(bitPattern: random.next()) }
}
