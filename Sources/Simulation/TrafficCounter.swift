import Telemetry

/// Counts who passes, in totals since power-up, and measures how fast the cars go.
struct TrafficCounter: Device {
    let id: String
    private let site: Site
    private var random: RandomSource
    private var counts: Counts
    /// Of 16 bits.
    private let isNarrow: Bool
    private var wraps: [String] = []
    private var flow = AutocorrelatedNoise(deviation: 1.5, memorySeconds: 900)

    /// How many an hour pass at the busiest time.
    private struct Site {
        let cars: Double
        let lorries: Double
        let bicycles: Double
        let walkers: Double
        /// km/h where nobody is in the way.
        let freeSpeed: Double
    }

    private struct Counts {
        /// All motor vehicles, the heavy ones too.
        var vehicles = 0
        var heavy = 0
        var bicycles = 0
        var pedestrians = 0
    }

    /// - Parameter isNarrow: whether its totals go on from 0 behind 65 535.
    init(id: String, seed: UInt64, isNarrow: Bool) {
        self.id = id
        self.isNarrow = isNarrow
        var random = RandomSource(seed: seed, stream: "\(id)/site")
        let cars = random.uniform(350...900)
        site = Site(
            cars: cars, lorries: cars * random.uniform(0.04...0.12), bicycles: random.uniform(120...420),
            walkers: random.uniform(50...260), freeSpeed: random.uniform(44...53))
        // Powered up some weeks ago.
        counts = Counts(
            vehicles: random.whole(40_000...900_000), heavy: random.whole(1_000...30_000),
            bicycles: random.whole(20_000...300_000), pedestrians: random.whole(10_000...200_000))
        self.random = RandomSource(seed: seed, stream: "\(id)/values")
    }

    mutating func report(_ local: LocalTime, afterSeconds seconds: Double) -> [[Measurement]] {
        let hours = seconds / 3600
        let busyness = DailyPattern.cars.value(at: local)
        let before = totals
        let cars = random.poisson(mean: site.cars * busyness * hours)
        let lorries = random.poisson(mean: site.lorries * DailyPattern.lorries.value(at: local) * hours)
        counts.vehicles += cars + lorries
        counts.heavy += lorries
        counts.bicycles += random.poisson(mean: site.bicycles * DailyPattern.bicycles.value(at: local) * hours)
        counts.pedestrians += random.poisson(mean: site.walkers * DailyPattern.walkers.value(at: local) * hours)
        if isNarrow { noteWraps(since: before) }
        var values = totals.map { [Measurement.counter($0.quantity, isNarrow ? $0.total & 0xFFFF : $0.total)] }
        let common = site.freeSpeed - 13 * busyness + flow.next(afterSeconds: seconds, &random)
        // Nobody passed: there is no mean speed.
        if cars + lorries > 0 {
            let mean = common + 6 / Double(cars + lorries).squareRoot() * random.normal()
            values.append([Measurement("speed", "km/h", max(5, mean), weakness: .speed)])
        }
        return values
    }

    private var totals: [(quantity: String, total: Int)] {
        [
            ("vehicle_count", counts.vehicles), ("heavy_vehicle_count", counts.heavy),
            ("bicycle_count", counts.bicycles), ("pedestrian_count", counts.pedestrians),
        ]
    }

    private mutating func noteWraps(since before: [(quantity: String, total: Int)]) {
        for (now, earlier) in zip(totals, before) where now.total >> 16 > earlier.total >> 16 {
            wraps.append(now.quantity)
        }
    }

    mutating func takeWraps() -> [String] {
        defer { wraps.removeAll() }
        return wraps
    }

    mutating func resetCounters() { counts = Counts() }

    mutating func message(_ values: [Measurement], at time: Timestamp, clock: Timestamp) -> SimulatedMessage {
        ValueMessage.make(
            values[0], kind: .traffic, device: id, published: time + random.milliseconds(20...150), clock: clock)
    }
}
