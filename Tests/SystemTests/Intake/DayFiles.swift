import Glibc
import Telemetry
import TestKit

/// The day files of the shared reference, as observations; and as a capture for `poort replay`.
enum DayFiles {
    struct Observation {
        var type: String
        var identity: SeriesIdentity
        var time: Timestamp
        /// As in the file, in the file's unit.
        var text: String
        var unit: String

        /// In the catalogue's unit, converted here by hand.
        var canonicalValue: Double {
            let value = Double(text)!
            switch unit {
            case "Pa": return value / 100
            case "mph": return value * 1.609344
            default: return value
            }
        }

        /// By the catalogue's limits, written down here once more.
        var expectedFlag: QualityFlag {
            let (fail, suspect): (ClosedRange<Double>, ClosedRange<Double>?) =
                switch identity.quantity {
                case "pm10": (0...2000, 0...1000)
                case "pm2_5": (0...1000, 0...500)
                case "temperature": (-40...85, -25...45)
                case "humidity": (0...100, nil)
                case "pressure": (850...1100, 930...1070)
                case "speed": (0...300, 0...200)
                default: (0...100, nil)
                }
            if !fail.contains(canonicalValue) { return .fail }
            return suspect.map { $0.contains(canonicalValue) } ?? true ? .good : .suspect
        }
    }

    /// Beside the package, where the reference is laid for developers and for CI.
    private static let folder = "\(PackageFolder.path)/../shared/data"

    /// Sensor.Community: semicolons, UTC without a `Z`, empty where a value is missing.
    static func air() throws -> [Observation] {
        let columns: [(name: String, quantity: String, unit: String)] = [
            ("P1", "pm10", "ug/m3"), ("P2", "pm2_5", "ug/m3"), ("temperature", "temperature", "Cel"),
            ("humidity", "humidity", "%"), ("pressure", "pressure", "Pa"),
        ]
        var found: [Observation] = []
        for day in ["2019-02-01", "2019-02-02", "2019-02-03"] {
            for sensor in ["bme280_sensor_15093", "dht22_sensor_15463", "sds011_sensor_15092", "sds011_sensor_15462"] {
                let rows = try rows(of: "air/\(day)_\(sensor).csv", separator: ";")
                for row in rows {
                    guard let time = row["timestamp"].flatMap({ Timestamp(rfc3339: $0 + "Z") }) else { continue }
                    for column in columns {
                        guard let text = row[column.name], Double(text) != nil else { continue }
                        let identity = SeriesIdentity(device: "sc-\(row["sensor_id"]!)", quantity: column.quantity)
                        found.append(
                            Observation(
                                type: "air_quality", identity: identity, time: time, text: text, unit: column.unit))
                    }
                }
            }
        }
        return found
    }

    /// Loop detectors: local wall-clock time.
    static func traffic() throws -> [Observation] {
        let files = [
            ("occupancy_6005", "occupancy", "%"), ("speed_6005", "speed", "mph"), ("speed_7578", "speed", "mph"),
        ]
        var found: [Observation] = []
        for (file, quantity, unit) in files {
            for row in try rows(of: "traffic/\(file).csv", separator: ",") {
                guard let text = row["value"], let time = row["timestamp"].flatMap(localTime) else { continue }
                let identity = SeriesIdentity(device: "loop-\(file.suffix(4))", quantity: quantity)
                found.append(Observation(type: "traffic", identity: identity, time: time, text: text, unit: unit))
            }
        }
        return found
    }

    /// One message an observation: received two seconds after its time, or all of them hours late and out of order.
    static func capture(_ observations: [Observation], isShuffled: Bool) -> String {
        var ordered = observations.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        let end = (ordered.last?.element.time ?? .distantPast) + 3_600_000
        if isShuffled {
            var random = SeededGenerator(seed: 20_190_201)
            ordered.shuffle(using: &random)
            // Of two values for one time the first in the file is to come first.
            var firstPlace: [SeriesIdentity: [Timestamp: Int]] = [:]
            for (place, entry) in ordered.enumerated() {
                let (identity, time) = (entry.element.identity, entry.element.time)
                if let earlier = firstPlace[identity]?[time], ordered[earlier].offset > entry.offset {
                    ordered.swapAt(earlier, place)
                }
                firstPlace[identity, default: [:]][time] = firstPlace[identity]?[time] ?? place
            }
        }
        return ordered.enumerated().map { place, entry in
            let observation = entry.element
            var payload = JSONLine()
            payload.add("at", observation.time)
            var reading = JSONLine()
            reading.add("value", observation.text)
            reading.add("unit", observation.unit)
            payload.add("reading", reading)
            var line = JSONLine()
            line.add("received", isShuffled ? end + Int64(place) * 100 : observation.time + 2000)
            line.add(
                "topic", "street/\(observation.type)/\(observation.identity.device)/\(observation.identity.quantity)")
            line.add("payload", payload.finished)
            return line.finished + "\n"
        }.joined()
    }

    private static func rows(of file: String, separator: Character) throws -> [[String: String]] {
        guard let text = TemporaryDirectory.read("\(folder)/\(file)") else {
            throw ChildProcess.SpawnError(description: "no file \(file) in the shared reference")
        }
        let lines = text.split(whereSeparator: \.isNewline)
        let names = lines[0].split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
            return Dictionary(uniqueKeysWithValues: zip(names, cells))
        }
    }

    private static func localTime(_ text: String) -> Timestamp? {
        let numbers = text.split(whereSeparator: { "- :".contains($0) }).compactMap { Int32($0) }
        guard numbers.count == 6 else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        parts.tm_isdst = -1
        return Timestamp(seconds: Int64(mktime(&parts)))
    }
}
