import Glibc

/// What the wall clock of the process's time zone shows at a moment; see ``DayCalendar/useTimeZone(_:)``.
public struct WallClock: Hashable, Sendable {
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    /// The zone as people call it at that moment: `CET`, `CEST`.
    public var zone: String

    /// Any thread. Source: localtime_r(3).
    public init(_ time: Timestamp) {
        var seconds = time_t(time.milliseconds.flooredQuotient(1000))
        var shown = tm()
        localtime_r(&seconds, &shown)
        year = Int(shown.tm_year) + 1900
        month = Int(shown.tm_mon) + 1
        day = Int(shown.tm_mday)
        hour = Int(shown.tm_hour)
        minute = Int(shown.tm_min)
        second = Int(shown.tm_sec)
        zone = shown.tm_zone.map { String(cString: $0) } ?? ""
    }

    /// The number of the day on the calendar: 0 is the first of January 1970, a Thursday.
    public var dayNumber: Int64 { CivilDate.daysSince1970(year: year, month: month, day: day) ?? 0 }

    public var minuteOfDay: Int { hour * 60 + minute }

    /// `09:05`
    public var timeOfDay: String { "\(WallClock.twoDigits(hour)):\(WallClock.twoDigits(minute))" }

    /// `24 Nov`
    public var date: String { "\(day) \(monthName)" }

    /// `Nov`
    public var monthName: String { WallClock.monthNames[(month - 1) % 12] }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
