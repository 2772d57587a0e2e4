import Glibc
import Processing
import Simulation
import Telemetry
import TestKit
import Testing

/// Whether the built-in limits find what goes wrong on a street, and let alone what does not.
@Suite("Limits of the catalogue, on the street")
struct QualityMeasurementTests {
    private typealias SeriesKey = StreetQuality.SeriesKey

    /// Neighbourhoods of four stations each.
    private static func street(seed: UInt64 = 3) -> Street {
        var street = Street.of(air: 24, traffic: 4, bins: 6, seed: seed)
        street.intervals = [.air: 300_000, .traffic: 300_000, .bin: 900_000]
        return street
    }

    private static let hours = 72.0
    private static let clean = StreetQuality(street(), hours: hours)

    @Test("of a street without faults less than one reading in a thousand is flagged", .timeLimit(.minutes(2)))
    func cleanStreet() {
        var street = QualityMeasurementTests.clean
        street.judge()
        var alarms = Table(columns: ["quantity", "readings", "flagged", "by"])
        let keys = Dictionary(grouping: street.flags.keys, by: \.quantity).sorted { $0.key < $1.key }
        for (quantity, series) in keys {
            let flags = series.flatMap { street.flags[$0]! }
            let flagged = flags.filter { !$0.combined.isUsable }
            alarms.add([quantity, "\(flags.count)", share(flagged.count, flags.count), finders(of: flagged)])
            #expect(Double(flagged.count) < 0.001 * Double(flags.count), "\(quantity)")
        }
        print(alarms.text)
    }
}

extension QualityMeasurementTests {
    @Test("sensors that stay stuck, and those that drift, are found within the day", .timeLimit(.minutes(2)))
    func lastingFaults() {
        var random = SeededGenerator(seed: 11)
        var street = QualityMeasurementTests.clean
        var faults: [(name: String, key: SeriesKey, start: Int)] = []
        let drifts = ["temperature": 1.0, "humidity": 3, "no2": 10, "pm2_5": 10, "pm10": 15]
        for key in street.points.keys.sorted(by: { ($0.quantity, $0.device) < ($1.quantity, $1.device) }) {
            let count = street.points[key]!.count
            let start = Int.random(in: count / 4...count / 3, using: &random)
            if key.quantity.hasSuffix("_count") || key.quantity == "battery" { continue }
            let number = Int(key.device.suffix(4)) ?? 0
            if number <= 6 {
                faults.append(("stuck", key, start))
                let value = street.points[key]![start].value
                for index in start..<count { street.points[key]![index].value = value }
            } else if number <= 12, let perHour = drifts[key.quantity] {
                faults.append(("drift", key, start))
                for index in start..<count {
                    let hours = Double(street.points[key]![index].time - street.points[key]![start].time) / 3_600_000
                    street.points[key]![index].value += perHour * hours
                }
            }
        }
        street.judge()
        var table = Table(columns: ["fault", "quantity", "number", "found", "after", "by"])
        for (name, group) in Dictionary(grouping: faults, by: { "\($0.name) \($0.key.quantity)" }).sorted(by: {
            $0.key < $1.key
        }) {
            var delays: [Double] = []
            var tests: [QualityTests] = []
            for fault in group {
                let flags = street.flags[fault.key]![fault.start...]
                guard let first = flags.firstIndex(where: { !$0.combined.isUsable }) else { continue }
                let points = street.points[fault.key]!
                delays.append(Double(points[first].time - points[fault.start].time) / 3_600_000)
                tests.append(flags[first])
            }
            delays.sort()
            // A container may stand as it is for a week.
            #expect(delays.count == (name == "stuck fill_level" ? 0 : group.count), "\(name)")
            table.add(
                name.split(separator: " ").map(String.init) + [
                    "\(group.count)", share(delays.count, group.count),
                    delays.isEmpty ? "" : "\((delays[delays.count / 2] * 10).rounded() / 10) h", finders(of: tests),
                ])
        }
        print(table.text)
    }

    private func share(_ part: Int, _ whole: Int) -> String {
        let tenths = whole == 0 ? 0 : (Double(part) / Double(whole) * 100_000).rounded() / 1000
        return "\(tenths) %"
    }

    /// How many of the flagged readings each test has flagged.
    private func finders(of flagged: [QualityTests]) -> String {
        QualityTest.allCases.compactMap { test in
            let count = flagged.count { $0[test].map { !$0.isUsable } ?? false }
            return count == 0 ? nil : "\(test.name) \(count)"
        }.joined(separator: ", ")
    }
}
