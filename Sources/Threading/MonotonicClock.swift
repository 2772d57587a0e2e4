import Glibc

/// A clock that never steps, for intervals and deadlines; the same for all rooms. Any thread. Source: clock_gettime(2).
public enum MonotonicClock {
    /// Since some moment of the past, the boot as a rule.
    public static func milliseconds() -> Int64 {
        let time = read()
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Since the same moment.
    public static func microseconds() -> Int64 {
        let time = read()
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    private static func read() -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time
    }
}
