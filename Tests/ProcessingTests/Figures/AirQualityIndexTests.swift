import Processing
import Telemetry
import TestKit
import Testing

private func hour(_ means: [Pollutant: Double]) -> SiteHour {
    var hour = SiteHour()
    for (pollutant, mean) in means { hour.add(mean, of: pollutant) }
    return hour
}

@Suite("European Air Quality Index")
struct EuropeanAirQualityIndexTests {
    /// The published table: upper edges of good, fair, moderate, poor and very poor.
    @Test(
        "an upper edge belongs to its band, what is above to the next",
        arguments: [
            (Pollutant.pm25, [5, 15, 50, 90, 140]), (.pm10, [15, 45, 120, 195, 270]), (.no2, [10, 25, 60, 100, 150]),
            (.o3, [60, 100, 120, 160, 180]), (.so2, [20, 40, 125, 190, 275]),
        ] as [(Pollutant, [Double])])
    func bands(pollutant: Pollutant, edges: [Double]) {
        let levels = EuropeanAirQualityIndex.Level.allCases
        for (index, edge) in edges.enumerated() {
            #expect(EuropeanAirQualityIndex.level(of: edge, pollutant) == levels[index])
            #expect(EuropeanAirQualityIndex.level(of: edge.nextDown, pollutant) == levels[index])
            #expect(EuropeanAirQualityIndex.level(of: edge.nextUp, pollutant) == levels[index + 1])
        }
        for low in [0, -0.0, -3, .leastNonzeroMagnitude] {
            #expect(EuropeanAirQualityIndex.level(of: low, pollutant) == .good)
        }
        #expect(EuropeanAirQualityIndex.level(of: .greatestFiniteMagnitude, pollutant) == .extremelyPoor)
    }

    @Test("uses the bands of 2024, not those of older libraries")
    func revision() {
        #expect(EuropeanAirQualityIndex.level(of: 9, .pm25) == .fair)
        #expect(EuropeanAirQualityIndex.level(of: 51, .pm25) == .poor)
        #expect(EuropeanAirQualityIndex.Level.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6])
    }

    @Test("is that of the worst pollutant, which decides")
    func worst() throws {
        let index = try #require(
            EuropeanAirQualityIndex(hour([.pm25: 5, .pm10: 15, .no2: 10.1, .o3: 121, .so2: 20])))
        #expect(index.level == .poor && index.decisive == .o3)
        #expect(index.levels == [.pm25: .good, .pm10: .good, .no2: .fair, .o3: .poor, .so2: .good])
        #expect(index.missing.isEmpty && index.isComplete && index.isCompleteAtTraffic)
        let equal = try #require(EuropeanAirQualityIndex(hour([.so2: 30, .o3: 70, .no2: 20])))
        #expect(equal.level == .fair && equal.decisive == .no2)
    }

    @Test("says what is missing, and whether the EEA would show it")
    func missing() throws {
        #expect(EuropeanAirQualityIndex(hour([:])) == nil)
        let alone = try #require(EuropeanAirQualityIndex(hour([.pm25: 20])))
        #expect(alone.level == .moderate && alone.missing == [.pm10, .no2, .o3, .so2])
        #expect(!alone.isComplete && !alone.isCompleteAtTraffic)
        let traffic = try #require(EuropeanAirQualityIndex(hour([.pm10: 20, .no2: 1])))
        #expect(!traffic.isComplete && traffic.isCompleteAtTraffic)
        #expect(try #require(EuropeanAirQualityIndex(hour([.pm10: 20, .no2: 1, .o3: 1]))).isComplete)
        #expect(try #require(EuropeanAirQualityIndex(hour([.o3: 20, .no2: 1, .so2: 1]))).isCompleteAtTraffic == false)
    }

    @Test("never gets better where more is measured or more is in the air", arguments: 0..<100)
    func monotone(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xEA1 + round)
        var means: [Pollutant: Double] = [:]
        var before: EuropeanAirQualityIndex?
        for pollutant in Pollutant.allCases.shuffled(using: &random) {
            means[pollutant] = Double.random(in: 0...300, using: &random)
            let index = try #require(EuropeanAirQualityIndex(hour(means)))
            if let before { #expect(index.level >= before.level) }
            #expect(index.level == index.levels.values.max() && index.levels[index.decisive] == index.level)
            before = index
        }
    }
}

@Suite("Dutch Luchtkwaliteitsindex")
struct DutchAirQualityIndexTests {
    @Test(
        "below edge i the index is i, on the last edge and above it 11",
        arguments: [
            (Pollutant.pm25, [10, 15, 20, 30, 40, 50, 70, 90, 100, 140]),
            (.pm10, [10, 20, 30, 45, 60, 75, 100, 125, 150, 200]),
            (.no2, [10, 20, 30, 45, 60, 75, 100, 125, 150, 200]),
            (.o3, [15, 30, 40, 60, 80, 100, 140, 180, 200, 240]),
        ] as [(Pollutant, [Double])])
    func edges(pollutant: Pollutant, edges: [Double]) {
        for (index, edge) in edges.enumerated() {
            #expect(DutchAirQualityIndex.index(of: edge.nextDown, pollutant) == index + 1)
            #expect(DutchAirQualityIndex.index(of: edge, pollutant) == index + 2)
        }
        #expect(DutchAirQualityIndex.index(of: 0, pollutant) == 1)
        #expect(DutchAirQualityIndex.index(of: -2, pollutant) == 1)
        #expect(DutchAirQualityIndex.index(of: .greatestFiniteMagnitude, pollutant) == 11)
    }

    /// The values with which con2lki, the index's implementation for R, is tested: NO₂, O₃, PM10, PM2.5.
    @Test(
        "agrees with published examples",
        arguments: [
            ([15, 35, 4, 45], 6), ([30, 20, 30, 40], 6), ([100, 58, 101, 99], 9), ([1, 0, 0, 2], 2),
            ([201, 201, 101, 110], 11), ([10, 20, 11, 12], 3), ([30, 41, 33, 25], 5), ([0, 0, 34, 29], 4),
            ([nil, nil, 34, 29], 5), ([10, nil, 4, 25], 4), ([nil, nil, 10, nil], 2), ([nil, nil, nil, 10], 2),
        ] as [([Double?], Int)])
    func examples(means: [Double?], value: Int) throws {
        let pollutants: [Pollutant] = [.no2, .o3, .pm10, .pm25]
        let known = zip(pollutants, means).compactMap { pollutant, mean in mean.map { (pollutant, $0) } }
        let index = try #require(DutchAirQualityIndex(hour(Dictionary(uniqueKeysWithValues: known))))
        #expect(index.value == value)
    }

    @Test("ends at 11, also where all pollutants are there")
    func endOfScale() throws {
        let all = try #require(DutchAirQualityIndex(hour([.pm25: 500, .pm10: 500, .no2: 500, .o3: 500])))
        #expect(all.value == 11 && all.decisive == .pm25)
    }

    @Test("names what decides and what is missing; sulphur dioxide counts for nothing")
    func decisive() throws {
        let index = try #require(DutchAirQualityIndex(hour([.pm10: 50, .o3: 70, .so2: 1000])))
        #expect(index.value == 6, "both are 5")
        #expect(index.decisive == .pm10 && index.indices == [.pm10: 5, .o3: 5] && index.missing == [.pm25, .no2])
        #expect(DutchAirQualityIndex(hour([.so2: 1])) == nil)
        #expect(DutchAirQualityIndex.index(of: 1, .so2) == nil)
    }

    @Test("has five categories")
    func categories() {
        let categories = [
            (5.0, "goed"), (19.9, "goed"), (20, "matig"), (49, "matig"), (50, "onvoldoende"), (89, "onvoldoende"),
            (90, "slecht"), (139, "slecht"), (140, "zeer_slecht"),
        ].map { concentration, name in
            (DutchAirQualityIndex(hour([.pm25: concentration]))?.category.rawValue, name)
        }
        #expect(categories.allSatisfy { $0 == $1 })
    }
}

@Suite("SiteHour")
struct SiteHourTests {
    private func aggregate(mean: Double, count: Int = 6, expected: Int? = 6, tier: Tier = .hour) -> Aggregate {
        let window = Window(tier, holding: Timestamp(rfc3339: "2026-11-23T10:00:00Z")!, days: .utc)
        var aggregate = Aggregate(window: window, count: count, expected: expected)
        aggregate.statistics = .init(
            mean: mean, squaredDeviations: 0, minimum: mean, maximum: mean, first: mean, firstTime: window.start,
            last: mean, lastTime: window.start)
        return aggregate
    }

    @Test("takes valid hours in µg/m³ of the quantities that it knows, and no others")
    func selection() {
        var hour = SiteHour()
        func take(_ aggregate: Aggregate, _ quantity: String, _ unit: String = "ug/m3") -> Bool {
            hour.add(aggregate, quantity: quantity, unit: unit)
        }
        #expect(take(aggregate(mean: 12), "pm2_5"))
        #expect(!take(aggregate(mean: 12), "pm1"))
        #expect(!take(aggregate(mean: 12), "no2", "[ppb]"))
        #expect(!take(aggregate(mean: 12, count: 4), "no2"))
        #expect(!take(aggregate(mean: 12, expected: nil), "no2"))
        #expect(!take(aggregate(mean: 12, tier: .quarter), "no2"))
        #expect(!take(aggregate(mean: .nan), "no2"))
        #expect(hour[.pm25] == 12 && hour[.no2] == nil)
    }

    @Test("takes the mean of several sensors, the same in any order", arguments: 0..<20)
    func severalSensors(round: UInt64) {
        var random = SeededGenerator(seed: 0x517E + round)
        let means = (0..<5).map { _ in Double.random(in: 0...100, using: &random) }
        func mean(_ values: [Double]) -> Double? {
            var hour = SiteHour()
            for value in values { hour.add(value, of: .no2) }
            return hour[.no2]
        }
        #expect(mean([10, 20]) == 15)
        #expect(mean(means.shuffled(using: &random)) == mean(means))
    }
}
