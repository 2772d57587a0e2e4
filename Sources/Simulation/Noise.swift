import Glibc
import Telemetry

/// Noise that remembers: each value is close to the one before it, the closer the sooner it comes. An AR(1) process,
/// sampled at any interval.
struct AutocorrelatedNoise: Sendable {
    let deviation: Double
    /// After so long a value tells little about the next.
    let memorySeconds: Double
    private var value: Double?

    init(deviation: Double, memorySeconds: Double) {
        self.deviation = deviation
        self.memorySeconds = memorySeconds
    }

    mutating func next(afterSeconds seconds: Double, _ random: inout RandomSource) -> Double {
        let kept = value == nil ? 0 : exp(-max(0, seconds) / memorySeconds)
        let new = kept * (value ?? 0) + deviation * sqrt(1 - kept * kept) * random.normal()
        value = new
        return new
    }
}

/// A smooth random curve between -1 and 1 that can be asked for any moment: what the devices of a street share, without
/// a state that depends on who asks when.
struct SlowNoise: Sendable {
    private let seed: UInt64
    private let periodMilliseconds: Int64

    /// - Parameter periodHours: from one turning point to the next.
    init(seed: UInt64, stream: String, periodHours: Double) {
        var random = RandomSource(seed: seed, stream: stream)
        self.seed = random.next()
        periodMilliseconds = Int64(periodHours * 3_600_000)
    }

    func value(at time: Timestamp) -> Double {
        let point = time.milliseconds.flooredQuotient(periodMilliseconds)
        let way = Double(time.milliseconds - point * periodMilliseconds) / Double(periodMilliseconds)
        let eased = way * way * (3 - 2 * way)
        return value(ofPoint: point) * (1 - eased) + value(ofPoint: point + 1) * eased
    }

    private func value(ofPoint point: Int64) -> Double {
        RandomSource.unit(RandomSource.mix(seed &+ UInt64(bitPattern: point) &* 0x9E37_79B9_7F4A_7C15)) * 2 - 1
    }
}
