import Glibc
import Telemetry

/// The weather over the whole street, made from the seed and the moment alone.
struct Weather: Sendable {
    private let anomaly: SlowNoise
    private let dryness: SlowNoise
    private let wind: SlowNoise

    init(seed: UInt64) {
        anomaly = SlowNoise(seed: seed, stream: "weather/anomaly", periodHours: 53)
        dryness = SlowNoise(seed: seed, stream: "weather/dryness", periodHours: 17)
        wind = SlowNoise(seed: seed, stream: "weather/wind", periodHours: 7)
    }

    /// °C: the Dutch year, a warm or cold spell, and the time of day with its top at three.
    func temperature(at local: LocalTime) -> Double {
        mean(at: local) + amplitude(at: local) * cos(2 * .pi * (local.hour - 15) / 24)
    }

    /// %, from a dew point that hardly follows the day: warm hours are dry. Source: Magnus, coefficients of Alduchov and
    /// Eskridge 1996.
    func humidity(at local: LocalTime) -> Double {
        let dewPoint = mean(at: local) - amplitude(at: local) - 1.8 - 1.3 * dryness.value(at: local.time)
        let saturation = { (temperature: Double) in exp(17.625 * temperature / (243.04 + temperature)) }
        return 100 * saturation(dewPoint) / saturation(temperature(at: local))
    }

    /// By what factor calm air gathers pollution or wind carries it off: about 0.6 to 1.6.
    func stagnation(at time: Timestamp) -> Double { exp(0.48 * wind.value(at: time)) }

    private func mean(at local: LocalTime) -> Double {
        10.5 - 7.5 * season(local) + 4.5 * anomaly.value(at: local.time)
    }

    private func amplitude(at local: LocalTime) -> Double { 3 - 1.7 * season(local) }

    /// 1 in the coldest days of January, -1 half a year later.
    private func season(_ local: LocalTime) -> Double { cos(2 * .pi * (local.yearFraction - 0.055)) }
}
