import CLinux
import Glibc

/// A wake-up call between threads: an eventfd that one side raises and the other polls beside its sockets.
///
/// Any thread may call `raise()`; one thread waits. Raising twice before it is cleared wakes once.
/// Source: eventfd(2).
public final class Signal: Sendable {
    /// To be polled for `POLLIN`; readable while the signal is raised.
    public let descriptor: Int32

    public init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "eventfd: the process has no file descriptors left (errno \(errno))")
    }

    deinit { close(descriptor) }

    public func raise() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    public func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Waits until the signal is raised or the time is over, and clears it.
    /// - Parameter milliseconds: at most this long; negative waits for ever.
    /// - Returns: whether it was raised.
    @discardableResult
    public func wait(milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&poller, 1, milliseconds)
        if ready > 0 { clear() }
        return ready > 0
    }
}
