import Telemetry
import TestKit
import Testing

@Suite("Window")
struct WindowTests {
    private let days: DayCalendar

    init() {
        // Of the whole process: every suite of this target that cuts days uses the same zone.
        precondition(DayCalendar.useTimeZone("Europe/Amsterdam"))
        days = .local
    }

    private func window(_ tier: Tier, _ time: String) -> Window {
        Window(tier, holding: Timestamp(rfc3339: time)!, days: days)
    }

    @Test("cuts minutes, quarters and hours in UTC; a start belongs to its window, an end to the next")
    func fixedTiers() {
        #expect(window(.minute, "2026-11-23T10:07:59.999Z").start.description == "2026-11-23T10:07:00.000Z")
        #expect(window(.minute, "2026-11-23T10:08:00Z").start.description == "2026-11-23T10:08:00.000Z")
        #expect(window(.quarter, "2026-11-23T10:14:59.999Z").start.description == "2026-11-23T10:00:00.000Z")
        #expect(window(.quarter, "2026-11-23T10:15:00Z").end.description == "2026-11-23T10:30:00.000Z")
        #expect(window(.hour, "2026-11-23T10:59:59.999Z").end.description == "2026-11-23T11:00:00.000Z")
    }

    @Test("rounds towards the past before 1970 too")
    func before1970() {
        let window = window(.minute, "1969-12-31T23:59:59.999Z")
        #expect(window.start.milliseconds == -60_000)
        #expect(window.end.milliseconds == 0)
        #expect(self.window(.quarter, "1969-12-31T23:45:00Z").start.milliseconds == -900_000)
        let day = DayCalendar.utc.day(holding: Timestamp(milliseconds: -1))
        #expect(day.lowerBound.milliseconds == -86_400_000 && day.upperBound.milliseconds == 0)
    }

    @Test("cuts days at local midnight")
    func localDay() {
        let winter = window(.day, "2026-11-23T22:59:59.999Z")
        #expect(winter.start.description == "2026-11-22T23:00:00.000Z")
        #expect(winter.end.description == "2026-11-23T23:00:00.000Z")
        #expect(window(.day, "2026-11-23T23:00:00Z").start == winter.end)
        #expect(window(.day, "2026-07-01T12:00:00Z").start.description == "2026-06-30T22:00:00.000Z")
        #expect(window(.day, "1969-12-31T12:00:00Z").start.description == "1969-12-30T23:00:00.000Z")
    }

    @Test("has days of 23 and of 25 hours where the clock changes")
    func clockChanges() {
        let spring = window(.day, "2026-03-29T12:00:00Z")
        #expect(spring.milliseconds == 23 * 3_600_000)
        #expect(spring.start.description == "2026-03-28T23:00:00.000Z")
        let autumn = window(.day, "2026-10-25T00:30:00Z")
        #expect(autumn.milliseconds == 25 * 3_600_000)
        // The hour that comes twice: both times of it belong to the same day.
        #expect(window(.day, "2026-10-25T01:30:00Z") == autumn)
        #expect(window(.day, "2026-10-26T12:00:00Z").start == autumn.end)
    }

    @Test("tiles time: a window holds its moment, and its neighbours meet it", arguments: 0..<10)
    func tiles(round: UInt64) {
        var random = SeededGenerator(seed: 0x717E + round)
        for _ in 0..<200 {
            let time = Timestamp(milliseconds: Int64.random(in: -2_000_000_000_000...4_000_000_000_000, using: &random))
            for tier in Tier.allCases {
                let window = Window(tier, holding: time, days: days)
                #expect(window.start <= time && time < window.end, "\(tier) \(time)")
                #expect(Window(tier, holding: window.start, days: days) == window, "\(tier) \(time)")
                #expect(Window(tier, holding: window.end - 1, days: days) == window, "\(tier) \(time)")
                #expect(Window(tier, holding: window.end, days: days).start == window.end, "\(tier) \(time)")
                #expect(Window(tier, holding: window.start - 1, days: days).end == window.start, "\(tier) \(time)")
            }
        }
    }

    /// In a process of its own, since the zone is the process's. No 00:00, or two of them, or a date that never was.
    @Test("cuts days where clocks change at midnight, always in the same place", .timeLimit(.minutes(1)))
    func changesAtMidnight() async {
        await #expect(processExitsWith: .success) {
            let days = [
                ("America/Havana", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00.000Z", 23),
                ("America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00.000Z", 25),
                ("Asia/Beirut", "2022-03-27T12:00:00Z", "2022-03-26T22:00:00.000Z", 23),
                ("Asia/Beirut", "2022-10-29T12:00:00Z", "2022-10-28T21:00:00.000Z", 25),
                ("Pacific/Apia", "2011-12-30T08:00:00Z", "2011-12-29T10:00:00.000Z", 24),
            ]
            for (zone, time, start, hours) in days {
                precondition(DayCalendar.useTimeZone(zone))
                // What mktime was asked before must not matter.
                for earlier in ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"] {
                    _ = DayCalendar.local.day(holding: Timestamp(rfc3339: earlier)!)
                    let day = DayCalendar.local.day(holding: Timestamp(rfc3339: time)!)
                    precondition(day.lowerBound.description == start, "\(zone): \(day)")
                    precondition(day.upperBound - day.lowerBound == Int64(hours) * 3_600_000, "\(zone): \(day)")
                    precondition(DayCalendar.local.day(holding: day.upperBound).lowerBound == day.upperBound, "\(zone)")
                    precondition(
                        DayCalendar.local.day(holding: day.lowerBound - 1).upperBound == day.lowerBound, "\(zone)")
                }
            }
        }
    }

    @Test(
        "nests: a window of a finer tier lies in one of the coarser, days and clock changes included", arguments: 0..<10
    )
    func nests(round: UInt64) {
        var random = SeededGenerator(seed: 0xE57 + round)
        for _ in 0..<200 {
            let time = Timestamp(milliseconds: Int64.random(in: 1_500_000_000_000...2_000_000_000_000, using: &random))
            for tier in Tier.allCases {
                guard let finer = tier.finer else { continue }
                let (inner, outer) = (Window(finer, holding: time, days: days), Window(tier, holding: time, days: days))
                #expect(outer.start <= inner.start && inner.end <= outer.end, "\(tier) \(time)")
                #expect(outer.milliseconds % inner.milliseconds == 0)
            }
        }
    }

    @Test("knows its tiers by the names of the configuration")
    func tierNames() {
        #expect(Tier.allCases.map(\.name) == ["1m", "15m", "1h", "1d"])
        for tier in Tier.allCases { #expect(Tier(name: tier.name) == tier) }
        #expect(Tier(name: "5m") == nil)
        #expect(Tier.allCases.sorted() == [.minute, .quarter, .hour, .day])
    }

    @Test(
        "refuses zones that the system does not have, and paths in their place",
        arguments: [
            "", "Europe/Amsterdan", "/etc/passwd", "../../../etc/passwd", "Europe/../../../../etc/passwd",
        ])
    func unknownZones(name: String) {
        #expect(!DayCalendar.useTimeZone(name))
        #expect(window(.day, "2026-11-23T12:00:00Z").start.description == "2026-11-22T23:00:00.000Z")
    }
}
