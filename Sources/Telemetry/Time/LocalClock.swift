import Glibc

/// The wall clock of the process's time zone; see ``DayCalendar/useTimeZone(_:)``. Any thread.
enum LocalClock {
    /// The moments at which the wall clock shows a date and time: none where clocks skip it, two where they repeat it.
    /// - Parameter wallClock: the date and time as if in UTC.
    static func moments(showing wallClock: Timestamp) -> [Timestamp] {
        // No zone is further than 14 hours from UTC, and none changes its offset twice within two days.
        let offsets = [-86_400_000, 86_400_000].map { offsetMilliseconds(at: wallClock + $0) }
        return Set(offsets).map { wallClock - $0 }.filter { $0 + offsetMilliseconds(at: $0) == wallClock }
    }

    /// How far the wall clock is ahead of UTC. Source: localtime_r(3).
    private static func offsetMilliseconds(at time: Timestamp) -> Int64 {
        var seconds = time_t(time.milliseconds.flooredQuotient(1000))
        var shown = tm()
        localtime_r(&seconds, &shown)
        return Int64(shown.tm_gmtoff) * 1000
    }
}
