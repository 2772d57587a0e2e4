import GatewayConfiguration
import Processing
import Storage
import Telemetry
import Testing

@testable import Gateway

@Suite("Figures of traffic and containers, from what is stored")
struct TrafficAndContainerFiguresTests {
    private let start = Timestamp(rfc3339: "2026-11-23T06:00:00Z")!
    private let minute: Int64 = 60_000
    private let hour: Int64 = 3_600_000

    private func figures(
        _ bench: FiguresBench, _ devices: String = "", hours: Int64, threshold: Double? = nil
    ) throws -> SiteFigures {
        let configuration = try ConfigurationFile.load(
            text: "[[source]]\ntopic = \"s/{device}/{quantity}\"\nvalue = \"v\"\n" + devices, name: "t.toml")
        let all = try SiteFigures.all(
            bench.reader, sites: Site.all(bench.reader, configuration: configuration),
            range: start..<(start + hours * hour), now: start + hours * hour, configuration: configuration,
            threshold: threshold)
        return try #require(all.first)
    }

    private func each(
        _ step: Int64, _ count: Int, _ value: (Int) -> Double
    ) -> [(time: Timestamp, value: Double)] {
        (0..<count).map { (start + Int64($0) * step, value($0)) }
    }

    @Test("share those who passed by class, of the hours in which all is counted")
    func shares() throws {
        let bench = try FiguresBench()
        // Four reports an hour; bicycles are silent in the second hour.
        try bench.add("t", "vehicle_intensity", interval: 15 * minute, each(15 * minute, 12) { _ in 10 })
        try bench.add("t", "heavy_vehicle_intensity", interval: 15 * minute, each(15 * minute, 12) { _ in 1 })
        let bicycles = each(15 * minute, 12) { _ in 5 }
        try bench.add("t", "bicycle_intensity_left", interval: 15 * minute, Array(bicycles[0..<4] + bicycles[8...]))
        try bench.add("t", "bicycle_intensity_right", interval: 15 * minute, Array(bicycles[0..<4] + bicycles[8...]))
        try bench.close(until: start + 3 * hour)
        let traffic = try #require(try figures(bench, hours: 3).traffic.first)
        #expect(traffic.closedHourCount == 3 && traffic.countedHourCount == 2)
        let whole = traffic.whole.shares
        #expect(whole.total == 2 * (40 + 40) && whole.share(of: .bicycle) == 0.5)
        #expect(whole.share(of: .heavyVehicle) == 0.05 && whole.share(of: .otherVehicle) == 0.45)
        #expect(traffic.hours.count == 3 && traffic.hours[1].shares.total == 40)
        #expect(traffic.speeds == .none && traffic.whole.v85 == nil)
    }

    @Test("count the increase of running totals, before the counts of intervals")
    func totals() throws {
        let bench = try FiguresBench()
        try bench.add("t", "car_count", interval: 15 * minute, each(15 * minute, 8) { Double($0) * 3 })
        try bench.add("t", "car_intensity", interval: 15 * minute, each(15 * minute, 8) { _ in 100 })
        try bench.close(until: start + 2 * hour)
        let traffic = try #require(try figures(bench, hours: 2).traffic.first)
        #expect(traffic.hours.map(\.shares.total) == [9, 12])
        #expect(traffic.whole.shares.counts.map(\.kind) == [.car])
    }

    @Test("have a V85 of single speeds, by nearest rank, and none of means")
    func speed() throws {
        let speeds = (0..<100).map { (start + Int64($0) * minute, Double(30 + $0 % 50)) }
        func traffic(interval: Int64?, _ devices: String = "") throws -> TrafficFigures {
            let bench = try FiguresBench()
            try bench.add("t", "speed", interval: interval, speeds)
            try bench.close(until: start + 2 * hour)
            return try #require(try figures(bench, devices, hours: 2).traffic.first)
        }
        let single = try traffic(interval: nil)
        // 85 of a hundred: two of each from 30 to 79.
        #expect(single.speeds == .vehicles && single.whole.v85 == 72)
        // The first hour has 30 to 79, then 30 to 39: its 51st of 60.
        #expect(single.hours.map(\.v85) == [70, 73])
        let means = try traffic(interval: minute)
        #expect(means.speeds == .means && means.whole.v85 == nil && means.hours.allSatisfy { $0.v85 == nil })
        let told = "[[device]]\nid = \"t\"\nspeeds = "
        #expect(try traffic(interval: minute, told + "\"vehicles\"").whole.v85 == 72)
        #expect(try traffic(interval: nil, told + "\"means\"").whole.v85 == nil)
    }

    @Test("take the sensor's own V85 of an hour, and of several make none")
    func sensorSpeed() throws {
        let bench = try FiguresBench()
        try bench.add("t", "speed_v85", interval: nil, [(start, 48), (start + hour, 50), (start + hour + minute, 60)])
        try bench.add("t", "speed", interval: nil, each(minute, 60) { _ in 30 })
        try bench.close(until: start + 2 * hour)
        let traffic = try #require(try figures(bench, hours: 2).traffic.first)
        #expect(traffic.speeds == .sensor && traffic.whole.v85 == nil)
        #expect(traffic.hours.map(\.v85) == [48])
    }

    /// Fills by 1 % an hour from 20 %, is emptied after 60 hours, and fills again.
    private func bench(hours: Int) throws -> FiguresBench {
        let bench = try FiguresBench()
        let level = each(hour, hours) { $0 < 60 ? 20 + Double($0) : 2 + Double($0 - 60) }
        try bench.add("b", "fill_level", interval: hour, level)
        try bench.close(until: start + Int64(hours - 1) * hour)
        return bench
    }

    @Test("say when a container was emptied, how fast it fills since then, and when it is full")
    func container() throws {
        let container = try #require(try figures(try bench(hours: 100), hours: 100).containers.first)
        #expect(container.emptyings.map(\.time) == [start + 60 * hour])
        #expect(container.outlook.lastEmptying?.levelBefore == 78)
        // The last reading is newer than the last quarter that is closed.
        #expect(container.latest == FillReading(time: start + 99 * hour, level: 41))
        #expect(abs((container.outlook.rate?.perHour ?? 0) - 1) < 1e-9)
        // The median of the last three levels is 40.
        #expect(container.outlook.forecast == .reaches(start + (99 + 40) * hour) && container.threshold == 80)
    }

    @Test("take the threshold of the configuration, or the one that is asked for")
    func threshold() throws {
        let bench = try bench(hours: 100)
        let told = "[[device]]\nid = \"b\"\nfill_threshold = 60\n"
        let configured = try #require(try figures(bench, told, hours: 100).containers.first)
        #expect(configured.threshold == 60 && configured.outlook.forecast == .reaches(start + (99 + 20) * hour))
        let asked = try #require(try figures(bench, told, hours: 100, threshold: 41).containers.first)
        #expect(asked.threshold == 41)
        let full = try #require(try figures(bench, told, hours: 100, threshold: 40).containers.first)
        #expect(full.outlook.forecast == .reached)
    }

    @Test("say that the data is insufficient where it is")
    func insufficient() throws {
        let short = try #require(try figures(try bench(hours: 70), hours: 70).containers.first)
        #expect(short.outlook.forecast == .insufficientData(.tooShort))
        let silent = try #require(try figures(try bench(hours: 100), hours: 130).containers.first)
        #expect(silent.outlook.forecast == .insufficientData(.noRecentReading))
        let shares = try FiguresBench()
        // Of an older configuration, in another unit: no level that the rules are for.
        try shares.add("b", "fill_level", unit: "1", interval: hour, each(hour, 20) { _ in 0.5 })
        try shares.close(until: start + 20 * hour)
        #expect(try figures(shares, hours: 20).isEmpty)
    }
}
