import GatewayConfiguration
import Processing
import Storage
import Telemetry
import Testing

@testable import Gateway

/// The tests run in Europe/Amsterdam: `TZ` in the Makefile.
@Suite("Figures of a site, from what is stored")
struct SiteFiguresTests {
    private static let midnight = Timestamp(rfc3339: "2026-11-22T23:00:00Z")!
    private let midnight = SiteFiguresTests.midnight
    private let minute: Int64 = 60_000
    private let hour: Int64 = 3_600_000

    private func configuration(_ devices: String) throws -> Configuration {
        try ConfigurationFile.load(
            text: "[[source]]\ntopic = \"s/{device}/{quantity}\"\nvalue = \"v\"\n" + devices, name: "t.toml")
    }

    private func figures(
        _ bench: FiguresBench, _ devices: String = "", from: Int64 = 0, to: Int64, now: Int64? = nil,
        threshold: Double? = nil
    ) throws -> [SiteFigures] {
        let configuration = try configuration(devices)
        return try SiteFigures.all(
            bench.reader, sites: Site.all(bench.reader, configuration: configuration),
            range: (midnight + from * hour)..<(midnight + to * hour), now: midnight + (now ?? to) * hour,
            configuration: configuration, threshold: threshold)
    }

    private func hourly(_ hours: [Int], _ value: (Int) -> Double) -> [(time: Timestamp, value: Double)] {
        hours.flatMap { number in
            (0..<4).map { (midnight + Int64(number) * hour + Int64($0) * 15 * minute, value(number)) }
        }
    }

    @Test("have the indexes of each closed hour, over all devices of the site, and what is missing")
    func air() throws {
        let bench = try FiguresBench()
        try bench.add("a", "pm2_5", interval: 15 * minute, hourly([0, 1, 2]) { [3, 60, 20][$0] })
        try bench.add("b", "no2", interval: 15 * minute, hourly([0, 1]) { [12, 5][$0] })
        try bench.add("b", "o3", interval: 15 * minute, hourly([0, 1]) { _ in 50 })
        try bench.add("c", "pm10", interval: 15 * minute, hourly([0]) { _ in 500 })
        try bench.close(until: midnight + 3 * hour)
        let site = "[[device]]\nid = \"a\"\nsite = \"Square\"\n[[device]]\nid = \"b\"\nsite = \"Square\"\n"
        let all = try figures(bench, site, to: 4)
        #expect(all.map(\.site.name) == ["Square", "c"] && all[0].site.devices == ["a", "b"])
        let hours = try #require(all[0].air).hours
        // The fourth hour is not closed.
        #expect(hours.count == 3)
        #expect(hours[0].european?.level == .fair && hours[0].european?.decisive == .no2)
        #expect(hours[0].european?.isComplete == true && hours[0].european?.missing == [.pm10, .so2])
        #expect(hours[1].european?.level == .poor && hours[1].european?.decisive == .pm25)
        #expect(hours[2].european?.missing == [.pm10, .no2, .o3, .so2])
        #expect(hours[1].dutch?.value == 7 && hours[1].dutch?.decisive == .pm25)
        #expect(all[1].air?.latest?.start == midnight)
        // By themselves.
        #expect(try figures(bench, to: 4).map(\.site.name) == ["a", "b", "c"])
        #expect(try Site.all(bench.reader, configuration: nil)[0].only("a").series.count == 1)
    }

    @Test("have no index of an hour that is not valid, and say where no interval is configured")
    func invalidAir() throws {
        let bench = try FiguresBench()
        try bench.add("a", "pm10", interval: nil, hourly([0]) { _ in 10 })
        try bench.add("b", "pm10", interval: 5 * minute, hourly([0]) { _ in 10 })
        try bench.close(until: midnight + hour)
        let all = try figures(bench, to: 1)
        #expect(all[0].air?.latest == nil && all[0].air?.withoutInterval == ["pm10"])
        #expect(all[1].air?.latest == nil && all[1].air?.withoutInterval == [])
    }

    @Test("have the running means of eight hours, and the day's highest so far, which is not valid yet")
    func eightHours() throws {
        let bench = try FiguresBench()
        try bench.add("a", "o3", interval: 15 * minute, hourly(Array(-8..<30)) { Double(abs($0) * 2) })
        try bench.close(until: midnight + 30 * hour)
        let eight = try #require(try figures(bench, to: 30).first?.air?.eightHours.first)
        #expect(eight.means.count == 30 && eight.means.first?.end == midnight + hour)
        #expect(eight.means.allSatisfy { $0.end <= midnight + 30 * hour })
        #expect(eight.days.count == 2)
        #expect(eight.days[0].isValid && eight.days[0].meanCount == 24)
        #expect(eight.days[0].highest?.end == midnight + 24 * hour && eight.days[0].highest?.value == 39)
        // Six hours of the second day are over: no mean that ends later is among them.
        #expect(eight.days[1].meanCount == 6 && eight.days[1].requiredCount == 18 && !eight.days[1].isValid)
        #expect(eight.days[1].day.end == midnight + 48 * hour)
        #expect(eight.days[1].highest?.end == midnight + 30 * hour)
    }

    @Test(
        "ask three quarters of the means of a day of 23 and of 25 hours",
        arguments: [("2026-03-28T23:00:00Z", 23, 18), ("2026-10-24T22:00:00Z", 25, 19)])
    func clockChange(start: String, hours: Int, required: Int) throws {
        let bench = try FiguresBench()
        let begin = Timestamp(rfc3339: start)!
        let values = (-8..<hours).flatMap { number in
            (0..<4).map { (begin + Int64(number) * hour + Int64($0) * 15 * minute, 40.0) }
        }
        try bench.add("a", "o3", interval: 15 * minute, values)
        let end = begin + Int64(hours) * hour
        try bench.close(until: end)
        let all = try SiteFigures.all(
            bench.reader, sites: Site.all(bench.reader, configuration: nil), range: begin..<end, now: end,
            configuration: nil)
        let day = try #require(all.first?.air?.eightHours.first?.days.first)
        #expect(day.meanCount == hours && day.requiredCount == required && day.isValid)
    }
}
