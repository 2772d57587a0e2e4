import Storage
import Telemetry

/// Readings of one kind of series, cut into segments as they would be sealed.
struct SegmentCase {
    let name: String
    private let parts: [[SealedReading]]

    init(_ name: String, points: [(time: Timestamp, value: Double)], perSegment: Int) {
        self.name = name
        parts = stride(from: 0, to: points.count, by: perSegment).map { start in
            points[start..<min(start + perSegment, points.count)].enumerated().map { index, point in
                let isOdd = index % 100 == 7
                return SealedReading(
                    time: point.time, value: point.value, flag: isOdd ? .suspect : .good,
                    tests: QualityTests(bits: isOdd ? 0x1_1311 : 0x1_1111))
            }
        }
    }

    var count: Int { parts.reduce(0) { $0 + $1.count } }

    struct Figures {
        var bytesPerReading: Double
        /// Million a second.
        var sealed: Double
        var scanned: Double
    }

    /// The best of several rounds: what others take from this machine is no cost of ours.
    func measure(rounds: Int) throws -> Figures {
        var figures = Figures(bytesPerReading: 0, sealed: 0, scanned: 0)
        for _ in 0..<rounds {
            let repeats = max(1, 400_000 / count)
            var segments: [[UInt8]] = []
            let sealing = try ContinuousClock().measure {
                for _ in 0..<repeats { segments = try seal() }
            }
            var sum = 0.0
            let scanning = try ContinuousClock().measure {
                for _ in 0..<repeats { sum += try SegmentCase.scan(segments) }
            }
            precondition(sum != 0, "nothing was read")
            figures.bytesPerReading = Double(segments.reduce(0) { $0 + $1.count }) / Double(count)
            figures.sealed = max(figures.sealed, rate(repeats, sealing))
            figures.scanned = max(figures.scanned, rate(repeats, scanning))
        }
        return figures
    }

    private func seal() throws -> [[UInt8]] {
        var builder = SegmentBuilder(series: 1)
        return try parts.map { part in
            for reading in part { try builder.append(reading) }
            return try builder.seal()
        }
    }

    private static func scan(_ segments: [[UInt8]]) throws -> Double {
        var sum = 0.0
        for segment in segments {
            try segment.withUnsafeBytes { bytes in
                var reader = try SegmentReader(bytes)
                while let reading = try reader.next() {
                    sum += reading.value + Double(reading.time.milliseconds & 1) + Double(reading.flag.rawValue)
                }
            }
        }
        return sum
    }

    private func rate(_ repeats: Int, _ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(repeats * count) / (Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
    }
}
