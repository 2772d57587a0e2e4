import Glibc
import Telemetry

/// An underground container with an ultrasonic level sensor on LoRaWAN, filled by a neighbourhood and emptied by a
/// collector.
struct WasteBin: Device {
    let id: String
    private let weather: Weather
    private let depositsPerHour: Double
    private var radio: LoRaRadio
    private var random: RandomSource
    /// %, as it really is.
    private var fill: Double
    private var battery: Double

    /// Collectors act at 80 %.
    private static let collectedAbove = 80.0
    private static let collectionHours = 6.0..<15.0
    /// Of a bin that is due, an hour.
    private static let collectionsPerHour = 0.7
    private static let batteryPercentPerDay = 0.03

    init(id: String, seed: UInt64) {
        self.id = id
        weather = Weather(seed: seed)
        var random = RandomSource(seed: seed, stream: "\(id)/site")
        depositsPerHour = random.uniform(5...10)
        fill = random.uniform(5...78)
        battery = random.uniform(60...99)
        radio = LoRaRadio(deviceID: id, seed: seed)
        self.random = RandomSource(seed: seed, stream: "\(id)/values")
    }

    mutating func report(_ local: LocalTime, afterSeconds seconds: Double) -> [[Measurement]] {
        let hours = seconds / 3600
        for _ in 0..<random.poisson(mean: depositsPerHour * DailyPattern.waste.value(at: local) * hours) {
            fill = min(100, fill + random.uniform(0.3...0.7))
        }
        collectIfDue(local, hours: hours)
        battery = max(1, battery - WasteBin.batteryPercentPerDay * hours / 24)
        let echo = min(100, max(0, fill + 0.6 * random.normal()))
        // Underground the day is felt less.
        let temperature = 0.7 * weather.temperature(at: local) + 3.3 + 0.2 * random.normal()
        return [
            [
                Measurement("fill_level", "%", echo, decimals: 0, weakness: .fillLevel),
                Measurement("temperature", "°C", temperature, weakness: .binTemperature),
                Measurement("battery", "%", battery, decimals: 0, weakness: .battery),
            ]
        ]
    }

    private mutating func collectIfDue(_ local: LocalTime, hours: Double) {
        guard fill >= WasteBin.collectedAbove, !local.isWeekend, WasteBin.collectionHours.contains(local.hour),
            random.chance(1 - exp(-WasteBin.collectionsPerHour * hours))
        else { return }
        fill = random.uniform(0...3)
    }

    /// The network server's time counts.
    var carriesOwnTime: Bool { false }

    mutating func message(_ values: [Measurement], at time: Timestamp, clock: Timestamp) -> SimulatedMessage {
        radio.uplink(values, at: time, gatewayClock: clock)
    }
}
