import Processing
import Telemetry
import TestKit
import Testing

@Suite("Emptyings")
struct EmptyingTests {
    private let start = Timestamp(rfc3339: "2026-11-23T06:00:00Z")!
    private let quarter: Int64 = 900_000

    private func readings(_ levels: [Double]) -> [FillReading] {
        levels.enumerated().map { FillReading(time: start + Int64($0) * quarter, level: $1) }
    }

    /// By the number of the reading that shows each.
    private func emptyings(_ levels: [Double], rule: EmptyingRule = EmptyingRule()) -> [Int] {
        var detector = EmptyingDetector(rule: rule)
        var found: [Int] = []
        for reading in readings(levels) {
            if let emptying = detector.add(reading) { found.append(Int((emptying.time - start) / quarter)) }
        }
        return found
    }

    @Test("a drop that the next reading confirms is one")
    func confirmed() throws {
        #expect(emptyings([80, 85, 5, 6]) == [2])
        #expect(emptyings([85, 5, 6]) == [1], "with one reading before it")
        var detector = EmptyingDetector()
        let found = readings([80, 82, 85, 5, 6]).compactMap { detector.add($0) }
        let emptying = try #require(found.first)
        #expect(emptying.after == start + 2 * quarter && emptying.time == start + 3 * quarter)
        #expect(emptying.levelBefore == 82 && emptying.levelAfter == 5)
    }

    @Test("the boundaries: at least 30 points, below 30 per cent")
    func boundaries() {
        #expect(emptyings([50, 50, 50, 20, 20]) == [3])
        #expect(emptyings([50, 50, 50, 20.1, 20.1]).isEmpty)
        #expect(emptyings([90, 90, 90, 29.9, 29.9]) == [3])
        #expect(emptyings([90, 90, 90, 30, 30]).isEmpty)
        let strict = EmptyingRule(smallestDrop: 60, emptyBelow: 10)
        #expect(emptyings([90, 90, 90, 20, 20], rule: strict).isEmpty)
        #expect(emptyings([65, 65, 65, 9, 9], rule: strict).isEmpty)
        #expect(emptyings([69, 69, 69, 9, 9], rule: strict) == [3])
    }

    @Test(
        "one echo is never one: neither a low one, nor a high one before it, nor several that stand alone",
        arguments: [
            [85, 85, 85, 3, 85, 86], [85, 85, 3, 86, 3, 86, 3, 86], [10, 10, 10, 95, 10, 11, 10], [10, 95, 10, 10],
            [85, 85, 5, 40, 85], [80, 80, 80, 3], [20, 85, 5, 6], [10, 11, 99, 98.5, 10],
        ] as [[Double]])
    func echoes(levels: [Double]) {
        #expect(emptyings(levels).isEmpty)
    }

    @Test("one reading amid the emptying, or a low echo before it, hides none")
    func intermediate() {
        #expect(emptyings([82, 83, 85, 45, 3, 4]) == [4])
        #expect(emptyings([82, 83, 85, 5, 84, 3, 4]) == [5])
        #expect(emptyings([82, 83, 85, 35, 4, 4]) == [4])
    }

    @Test("one emptying is found once, and the next again")
    func several() {
        #expect(emptyings([80, 85, 90, 2, 2, 2, 3, 2, 40, 60, 70, 1, 1, 1]) == [3, 11])
        #expect(emptyings([80, 85, 90, 28, 2, 1, 2, 1]) == [3])
    }

    @Test("readings that are not later, or no numbers, count for nothing")
    func hostile() {
        var detector = EmptyingDetector()
        var found = 0
        for (offset, level) in [(0, 85), (1, 86), (1, 3), (0, 3), (2, .nan), (3, 3), (3, 4), (4, -.infinity), (5, 2)]
            as [(Int64, Double)]
        {
            if detector.add(FillReading(time: start + offset, level: level)) != nil { found += 1 }
        }
        #expect(found == 1)
    }

    @Test("finds every emptying of a filling container, and no other, with an echo now and then", arguments: 0..<100)
    func randomBins(round: UInt64) {
        var random = SeededGenerator(seed: 0xB14 + round)
        var (levels, expected, fill, sinceEvent) = ([Double](), [Int](), 40.0, 0)
        for number in 0..<400 {
            fill = min(100, fill + Double.random(in: 0...1.5, using: &random))
            sinceEvent += 1
            // Not at the last reading, which none could confirm.
            if fill > 70, sinceEvent > 20, number < 399, Int.random(in: 0..<15, using: &random) == 0 {
                fill = Double.random(in: 0...3, using: &random)
                expected.append(number)
                sinceEvent = 0
            }
            levels.append(min(100, max(0, fill + Double.random(in: -1...1, using: &random))))
        }
        // Echoes that stand alone: five readings apart, and not beside an emptying.
        var echo = 10
        while echo < 395 {
            if !expected.contains(where: { abs($0 - echo) < 6 }) {
                levels[echo] = [0, 2, 100, 97].randomElement(using: &random)!
            }
            echo += Int.random(in: 6...30, using: &random)
        }
        #expect(emptyings(levels) == expected, "seed \(random.seed)")
    }
}

@Suite("Fill rate and forecast")
struct FillForecastTests {
    private let start = Timestamp(rfc3339: "2026-11-23T06:00:00Z")!
    private let hour: Int64 = 3_600_000

    private func readings(_ levels: [Double], every milliseconds: Int64 = 3_600_000) -> [FillReading] {
        levels.enumerated().map { FillReading(time: start + Int64($0) * milliseconds, level: $1) }
    }

    private func outlook(_ levels: [Double], ageHours: Int64 = 0, rule: FillForecast.Rule = .init()) -> FillOutlook {
        let readings = readings(levels)
        return FillOutlook(readings, now: readings.last.map { $0.time + ageHours * hour } ?? start, rule: rule)
    }

    @Test("the rate is the slope of a line, and a third of wrong readings does not lead it astray")
    func rate() throws {
        let line = (0..<40).map { 10 + 0.5 * Double($0) }
        #expect(try #require(FillRate(readings(line))).perHour == 0.5)
        var wrong = line
        for index in stride(from: 1, to: 40, by: 4) { wrong[index] = 100 }
        let robust = try #require(FillRate(readings(wrong)))
        #expect(abs(robust.perHour - 0.5) < 0.1)
        #expect(try #require(FillRate(readings([5, 5, 5]))).perHour == 0)
        #expect(try #require(FillRate(readings([50, 40]))).perHour == -10)
        #expect(FillRate(readings([5])) == nil && FillRate(readings([])) == nil)
        let still = [FillReading(time: start, level: 1), FillReading(time: start, level: 9)]
        #expect(FillRate(still) == nil)
    }

    @Test("equals the median of all slopes, up to 128 points", arguments: 0..<60)
    func matchesDefinition(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x7E11 + round)
        var time = start
        let readings = (0..<Int.random(in: 2...128, using: &random)).map { number in
            time = time + Int64.random(in: 60_000...7_200_000, using: &random)
            let level = Double(number) / 4 + Double.random(in: -3...3, using: &random)
            return FillReading(time: time, level: level)
        }
        var slopes: [Double] = []
        for first in readings.indices {
            for second in readings.indices where second > first {
                let hours = Double(readings[second].time - readings[first].time) / 3_600_000
                slopes.append((readings[second].level - readings[first].level) / hours)
            }
        }
        slopes.sort()
        let median = (slopes[(slopes.count - 1) / 2] + slopes[slopes.count / 2]) / 2
        let rate = try #require(FillRate(readings))
        #expect(abs(rate.perHour - median) < 1e-9)
        #expect(rate.pointCount == readings.count && rate.lowerPerHour <= rate.perHour)
    }

    @Test("a year of readings takes no more points than a day of them", .timeLimit(.minutes(1)))
    func bounded() throws {
        var random = SeededGenerator(seed: 0xB0)
        let year = (0..<35_000).map { 0.001 * Double($0) + Double.random(in: -1...1, using: &random) }
        let rate = try #require(FillRate(readings(year, every: 900_000)))
        #expect(rate.pointCount == FillRate.mostPoints)
        #expect(abs(rate.perHour - 0.004) < 1e-5)
        let few = try #require(FillRate(readings((0..<129).map(Double.init))))
        #expect(few.pointCount == 128 && abs(few.perHour - 1) < 1e-9)
    }

    @Test("the threshold is reached where the line reaches it")
    func reaches() throws {
        // Since an emptying: 1 point an hour, 30 % after 30 hours.
        let outlook = outlook([85, 86, 87] + (0...30).map(Double.init))
        #expect(outlook.lastEmptying?.time == start + 3 * hour)
        #expect(outlook.rate?.perHour == 1)
        // The level is the median of the last three, 29.
        #expect(outlook.forecast == .reaches(start + 33 * hour + 51 * hour))
        var rule = FillForecast.Rule()
        rule.threshold = 60
        #expect(
            self.outlook((0...30).map(Double.init), rule: rule).forecast == .reaches(start + 30 * hour + 31 * hour))
    }

    @Test("a container at its threshold has reached it, also when it was filled at once; one echo has not")
    func reached() {
        #expect(outlook((0...30).map { 52 + Double($0) }).forecast == .reached)
        #expect(outlook([80, 80]).forecast == .reached)
        #expect(outlook([20, 20, 20, 80, 80]).forecast == .reached)
        #expect(outlook((0...30).map(Double.init) + [100]).forecast != .reached)
        #expect(outlook([10, 90]).forecast == .insufficientData(.tooFewReadings))
    }

    @Test("says what it lacks")
    func insufficient() {
        #expect(outlook([]).forecast == .insufficientData(.tooFewReadings))
        #expect(outlook((0..<7).map { Double($0) }).forecast == .insufficientData(.tooFewReadings))
        #expect(outlook((0..<24).map { Double($0) }).forecast == .insufficientData(.tooShort))
        #expect(outlook((0..<25).map { Double($0) }).forecast != .insufficientData(.tooShort))
        #expect(outlook((0..<30).map { Double($0) }, ageHours: 24).forecast != .insufficientData(.noRecentReading))
        #expect(outlook((0..<30).map { Double($0) }, ageHours: 25).forecast == .insufficientData(.noRecentReading))
        #expect(outlook((0..<30).map { _ in 40 }).forecast == .insufficientData(.notFilling))
        #expect(outlook((0..<30).map { 70 - Double($0) / 2 }).forecast == .insufficientData(.notFilling))
        #expect(outlook((0..<30).map { 40 + Double($0 * 7 % 10) }).forecast == .insufficientData(.notFilling))
        #expect(outlook((0..<30).map { 10 + Double($0) / 100 }).forecast == .insufficientData(.tooFarAhead))
        // A new emptying: what was known before does not count.
        let emptied = outlook((0...60).map { 20 + Double($0) } + [2, 3, 4])
        #expect(emptied.forecast == .insufficientData(.tooFewReadings))
    }

    @Test("takes no numbers that are none, and no rule leads it into a trap")
    func hostile() {
        let levels = (0..<40).flatMap { [Double($0) / 2, .nan, .infinity, -.infinity] }
        guard case .reaches = outlook(levels).forecast else {
            Issue.record("\(outlook(levels).forecast)")
            return
        }
        var endless = FillForecast.Rule()
        endless.furthestHours = .infinity
        endless.threshold = .greatestFiniteMagnitude
        #expect(outlook((0..<40).map(Double.init), rule: endless).forecast == .insufficientData(.tooFarAhead))
        let most = Double.greatestFiniteMagnitude
        _ = outlook((0..<40).map { $0 % 2 == 0 ? most : -most })
    }

    @Test("forecasts a container that fills by the hours of the day within a tenth", arguments: 0..<20)
    func dailyPattern(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xDA1 + round)
        var (fill, levels) = (0.0, [Double]())
        var fullAt: Int?
        for quarter in 0..<96 * 20 {
            let hour = quarter / 4 % 24
            fill += (8..<22).contains(hour) ? Double.random(in: 0...0.3, using: &random) : 0
            levels.append(max(0, (fill + Double.random(in: -1...1, using: &random)).rounded()))
            if fill >= 80, fullAt == nil { fullAt = quarter }
        }
        let full = try #require(fullAt)
        let seen = readings(Array(levels.prefix(full * 2 / 3)), every: 900_000)
        let outlook = FillOutlook(seen, now: seen.last!.time)
        guard case .reaches(let time) = outlook.forecast else {
            Issue.record("seed \(random.seed): \(outlook.forecast)")
            return
        }
        let predicted = Double(time - start) / 900_000
        #expect(abs(predicted - Double(full)) < 0.1 * Double(full), "seed \(random.seed)")
    }
}
