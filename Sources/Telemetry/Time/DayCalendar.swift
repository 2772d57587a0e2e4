import Glibc

/// Cuts time into calendar days.
public struct DayCalendar: Sendable {
    private let cut: @Sendable (Timestamp) -> Range<Timestamp>

    /// - Parameter cut: the day that holds a moment; days must tile time without gaps.
    public init(cut: @escaping @Sendable (Timestamp) -> Range<Timestamp>) {
        self.cut = cut
    }

    public func day(holding time: Timestamp) -> Range<Timestamp> { cut(time) }

    public static let utc = DayCalendar { time in
        let start = time.milliseconds.flooredQuotient(86_400_000) * 86_400_000
        return Timestamp(milliseconds: start)..<Timestamp(milliseconds: start + 86_400_000)
    }

    /// Days of the process's time zone, by the date on the wall clock.
    ///
    /// The zone is what `TZ` says; call ``useTimeZone(_:)`` once at start. Any thread. Source: localtime_r(3), mktime(3).
    public static let local = DayCalendar { time in
        let day = wallClock(time.milliseconds.flooredQuotient(1000))
        return start(of: day, daysLater: 0)..<start(of: day, daysLater: 1)
    }

    private static func wallClock(_ seconds: Int64) -> tm {
        var seconds = time_t(seconds)
        var wallClock = tm()
        localtime_r(&seconds, &wallClock)
        return wallClock
    }

    /// The first second whose date is that of the day: where clocks change at midnight, there may be no 00:00 or two of
    /// them, and mktime(3) answers by what it was asked before.
    private static func start(of day: tm, daysLater: Int32) -> Timestamp {
        var midnight = tm()
        midnight.tm_year = day.tm_year
        midnight.tm_mon = day.tm_mon
        midnight.tm_mday = day.tm_mday + daysLater
        // At noon, to find the date, which every zone has; then at midnight.
        var date = midnight
        date.tm_hour = 12
        date.tm_isdst = -1
        mktime(&date)
        midnight.tm_isdst = -1
        let guess = Int64(mktime(&midnight))
        if !isBefore(wallClock(guess), date), isBefore(wallClock(guess - 1), date) { return Timestamp(seconds: guess) }
        var (before, reached) = (guess - 129_600, guess + 129_600)
        while reached - before > 1 {
            let middle = before + (reached - before) / 2
            if isBefore(wallClock(middle), date) { before = middle } else { reached = middle }
        }
        return Timestamp(seconds: reached)
    }

    private static func isBefore(_ left: tm, _ right: tm) -> Bool {
        (left.tm_year, left.tm_mon, left.tm_mday) < (right.tm_year, right.tm_mon, right.tm_mday)
    }

    /// Sets the process's time zone for ``local``. Before any other thread runs: setenv(3) is not thread-safe.
    /// - Returns: false, with nothing changed, when the system has no zone of that name.
    public static func useTimeZone(_ name: String) -> Bool {
        guard isKnownTimeZone(name) else { return false }
        setenv("TZ", name, 1)
        tzset()
        return true
    }

    /// Whether the system's zone database has a zone of that name, such as `Europe/Amsterdam`.
    public static func isKnownTimeZone(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return false }
        return name == "UTC" || access("/usr/share/zoneinfo/\(name)", R_OK) == 0
    }
}
