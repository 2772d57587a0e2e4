import CLinux
import Glibc

/// Notices when the time of day is set: a timer that never fires and that the kernel cancels when its clock is set.
///
/// Any thread may poll ``descriptor``; one asks ``takeStep()``. Source: timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`.
public final class ClockStepWatch: Sendable {
    /// To be polled for `POLLIN`; readable from a step of the clock until it is taken. -1 where the system has no such
    /// timers: then nothing is ever noticed.
    public let descriptor: Int32

    public init() {
        descriptor = timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        arm()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether the clock was set since this was asked last; also after a sleep of the box, which sets it anew.
    public func takeStep() -> Bool {
        guard descriptor >= 0 else { return false }
        var count: UInt64 = 0
        guard read(descriptor, &count, 8) < 0, errno == ECANCELED else { return false }
        arm()
        return true
    }

    private func arm() {
        guard descriptor >= 0 else { return }
        var never = itimerspec()
        // The year 9999.
        never.it_value.tv_sec = 253_402_300_799
        timerfd_settime(
            descriptor, Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET), &never, nil)
    }
}
