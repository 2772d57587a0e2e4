@testable import Storage
import TestKit

/// A condition in SQL, and the same without it.
struct RandomCondition {
    var sql: String
    var holds: (ReadingsRow) -> Bool

    init(_ file: SealedFile, _ random: inout SeededGenerator) {
        let readings = file.readings
        let time = readings.randomElement(using: &random)!.time + .random(in: -1...1, using: &random)
        let other = time + .random(in: 0...40 * SealedFile.hour, using: &random)
        let ids = file.series.shuffled(using: &random)
        let some = Array(ids.prefix(.random(in: 1...4, using: &random)))
        let device = "d\(Int.random(in: 0...3, using: &random))"
        let names = file.names
        switch Int.random(in: 0..<16, using: &random) {
        case 0: self.init("time >= \(time)") { $0.time >= time }
        case 1: self.init("time > \(time)") { $0.time > time }
        case 2: self.init("time <= \(time)") { $0.time <= time }
        case 3: self.init("\(time) > time") { $0.time < time }
        case 4: self.init("time BETWEEN \(time) AND \(other)") { (time...other).contains($0.time) }
        case 5: self.init("time = \(time)") { $0.time == time }
        case 6: self.init("time IN (\(time), \(other))") { $0.time == time || $0.time == other }
        case 7: self.init("series = \(some[0])") { $0.series == some[0] }
        case 8:
            let list = some.map(String.init).joined(separator: ", ")
            self.init("series IN (\(list))") { some.contains($0.series) }
        case 9: self.init("device = '\(device)'") { names[$0.series]?.device == device }
        case 10:
            self.init("device IN ('\(device)', 'd1') AND quantity = 'pm10'") {
                [device, "d1"].contains(names[$0.series]?.device) && names[$0.series]?.quantity == "pm10"
            }
        case 11: self.init("unit = 'ug/m3'") { names[$0.series]?.unit == "ug/m3" }
        case 12: self.init("flag >= 3") { $0.flag >= 3 }
        case 13: self.init("time >= \(time) - 0.5 AND time < \(other) + 0.5") { $0.time >= time && $0.time <= other }
        case 14:
            self.init("(series = \(some[0]) OR time < \(time))") { $0.series == some[0] || $0.time < time }
        default: self.init("value > 20") { $0.value > 20 }
        }
    }

    private init(_ sql: String, _ holds: @escaping (ReadingsRow) -> Bool) {
        (self.sql, self.holds) = (sql, holds)
    }
}
