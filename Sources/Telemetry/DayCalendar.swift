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

    /// Days of the process's time zone, from midnight to midnight on the wall clock.
    ///
    /// The zone is what `TZ` says; call ``useTimeZone(_:)`` once at start. Any thread. Source: localtime_r(3), mktime(3).
    public static let local = DayCalendar { time in
        var seconds = time_t(time.milliseconds.flooredQuotient(1000))
        var wallClock = tm()
        localtime_r(&seconds, &wallClock)
        return midnight(of: wallClock, daysLater: 0)..<midnight(of: wallClock, daysLater: 1)
    }

    private static func midnight(of wallClock: tm, daysLater: Int32) -> Timestamp {
        var midnight = tm()
        midnight.tm_year = wallClock.tm_year
        midnight.tm_mon = wallClock.tm_mon
        midnight.tm_mday = wallClock.tm_mday + daysLater
        midnight.tm_isdst = -1
        return Timestamp(seconds: Int64(mktime(&midnight)))
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
