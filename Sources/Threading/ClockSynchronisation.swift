import CLinux
import Glibc

/// What the system says of its own clock. Any thread.
public enum ClockSynchronisation: Sendable, Hashable {
    /// A time service has set it.
    case confirmed
    /// A time service is at work and has not set it yet, on a box without a real-time clock: what it shows goes on from
    /// what was saved before the box went off.
    case pending
    /// Nobody says.
    case unknown

    /// Sources: adjtimex(2), which says `TIME_ERROR` of a clock that nobody keeps right; systemd-timesyncd.service(8),
    /// `/run/systemd/timesync/synchronized`.
    public static func now() -> ClockSynchronisation {
        let answer = poort_clock_state()
        if answer >= 0, answer != TIME_ERROR { return .confirmed }
        if access("/run/systemd/timesync/synchronized", F_OK) == 0 { return .confirmed }
        return access("/run/systemd/timesync", F_OK) == 0 && !hasRealTimeClock ? .pending : .unknown
    }

    private static let hasRealTimeClock = access("/sys/class/rtc/rtc0", F_OK) == 0
}
