import Telemetry

/// Measures what cars, stoves and the weather make of the air in one place.
struct AirStation: Device {
    let id: String
    private let weather: Weather
    private let site: Site
    private var random: RandomSource
    private var nitrogen = AutocorrelatedNoise(deviation: 2.2, memorySeconds: 600)
    private var fine = AutocorrelatedNoise(deviation: 0.7, memorySeconds: 900)
    private var coarse = AutocorrelatedNoise(deviation: 1.1, memorySeconds: 600)
    private var warmth = AutocorrelatedNoise(deviation: 0.15, memorySeconds: 300)
    private var moisture = AutocorrelatedNoise(deviation: 0.8, memorySeconds: 300)

    /// What the place is like, in µg/m³ on a day of average wind.
    private struct Site {
        let backgroundNitrogen: Double
        let roadsideNitrogen: Double
        let backgroundFine: Double
        let woodSmoke: Double
        let coarseDust: Double
        /// °C that its walls and pavements add.
        let warmth: Double
    }

    init(id: String, seed: UInt64) {
        self.id = id
        weather = Weather(seed: seed)
        var random = RandomSource(seed: seed, stream: "\(id)/site")
        site = Site(
            backgroundNitrogen: random.uniform(6...11), roadsideNitrogen: random.uniform(18...45),
            backgroundFine: random.uniform(4...7), woodSmoke: random.uniform(4...18),
            coarseDust: random.uniform(4...8), warmth: random.uniform(-0.4...1.2))
        self.random = RandomSource(seed: seed, stream: "\(id)/values")
    }

    mutating func report(_ local: LocalTime, afterSeconds seconds: Double) -> [[Measurement]] {
        let traffic = DailyPattern.cars.value(at: local)
        let stagnation = weather.stagnation(at: local.time)
        let temperature = weather.temperature(at: local) + site.warmth + warmth.next(afterSeconds: seconds, &random)
        let humidity = weather.humidity(at: local) + moisture.next(afterSeconds: seconds, &random)
        let no2 =
            (site.backgroundNitrogen + site.roadsideNitrogen * traffic) * stagnation
            + nitrogen.next(afterSeconds: seconds, &random)
        let stoves = site.woodSmoke * DailyPattern.woodSmoke.value(at: local) * min(1, max(0, (16 - temperature) / 14))
        let particles = max(
            0.6,
            (site.backgroundFine + 3 * traffic + stoves) * stagnation + fine.next(afterSeconds: seconds, &random))
        let dust = max(
            0.3, (site.coarseDust + 5 * traffic) * stagnation + coarse.next(afterSeconds: seconds, &random))
        return [
            [Measurement("no2", "ug/m3", max(0.4, no2), weakness: .no2)],
            [Measurement("pm2_5", "ug/m3", particles, weakness: .fineDust)],
            [Measurement("pm10", "ug/m3", particles + dust, weakness: .coarseDust)],
            [Measurement("temperature", "°C", temperature, weakness: .temperature)],
            [Measurement("humidity", "%", min(100, max(15, humidity)), weakness: .humidity)],
        ]
    }

    mutating func message(_ values: [Measurement], at time: Timestamp, clock: Timestamp) -> SimulatedMessage {
        ValueMessage.make(
            values[0], kind: .air, device: id, published: time + random.milliseconds(20...150), clock: clock)
    }
}
