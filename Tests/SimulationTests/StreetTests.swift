import Simulation
import Telemetry
import TestKit
import Testing

@Suite("Street")
struct StreetTests {
    @Test("says the same for the same seed, and something else for another")
    func determinism() {
        var street = Street.of(air: 2, traffic: 2, bins: 2)
        street.faults.spikes = 0.1
        street.faults.late = 0.1
        street.faults.duplicates = 0.1
        let first = street.messages(hours: 3)
        #expect(first.count > 3000)
        #expect(street.messages(hours: 3) == first)
        street.seed += 1
        #expect(street.messages(hours: 3) != first)
    }

    @Test("a device more changes nothing for the others")
    func independence() {
        let few = Street.of(air: 2, bins: 1).messages(hours: 2)
        let more = Street.of(air: 3, traffic: 1, bins: 2).messages(hours: 2)
        let kept = more.filter { message in
            !["aq-0003", "tr-0001", "bin-0002"].contains { message.topic.contains($0) }
        }
        #expect(kept == few)
    }

    @Test("publishes in order, also with every fault", arguments: [0.0, 0.05, 1])
    func order(rate: Double) throws {
        var street = Street.of(air: 3, traffic: 3, bins: 3)
        street.faults.duplicates = rate
        street.faults.late = rate
        street.faults.clocksAhead = rate
        street.faults.clocksBehind = rate
        street.faults.gaps = rate / 4
        let messages = street.messages(hours: 4)
        #expect(messages.count > 4000)
        #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.published <= $1.published })
        let first = try #require(messages.first)
        let last = try #require(messages.last)
        #expect(first.published >= Street.monday)
        #expect(last.published < Street.monday + 4 * 3_600_000)
    }

    @Test("each device keeps its interval, in a phase of its own")
    func intervals() throws {
        var street = Street.of(air: 20)
        street.intervals[.air] = 5000
        let times = street.messages(hours: 0.1).filter { $0.quantity == "no2" }
            .reduce(into: [String: [Int64]]()) { $0[$1.topic, default: []].append($1.plain?.ts ?? 0) }
        #expect(times.count == 20)
        for series in times.values {
            #expect(series.count == 72)
            #expect(zip(series, series.dropFirst()).allSatisfy { $1 - $0 == 5000 })
        }
        let phases = Set(times.values.map { $0[0] % 5000 })
        #expect(phases.count > 15)
    }

    @Test("goes on for a month without growing slow or silent")
    func month() {
        var street = Street.of(air: 1, traffic: 1, bins: 1)
        street.intervals = [.air: 600_000, .traffic: 900_000, .bin: 3_600_000]
        street.faults.late = 0.3
        let end = Street.monday + 30 * 86_400_000
        var count = 0
        var last = Street.monday
        for message in street.messages(from: Street.monday, to: end) {
            count += 1
            last = message.published
        }
        #expect(count > 30 * (144 * 5 + 96 * 4 + 24) * 9 / 10)
        #expect(end - last < 3_600_000)
    }

    @Test("lists its devices with places and intervals")
    func devices() {
        let devices = Street.of(air: 2, traffic: 1, bins: 1).devices
        #expect(devices.map(\.id) == ["aq-0001", "aq-0002", "tr-0001", "bin-0001"])
        #expect(devices.map(\.intervalMilliseconds) == [10_000, 10_000, 60_000, 900_000])
        #expect(devices.allSatisfy { (52.4...52.6).contains($0.place.latitude) })
    }
}
