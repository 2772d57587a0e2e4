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
    /// - Parameters:
    ///   - milliseconds: at most this long; negative waits for ever.
    ///   - other: another descriptor that ends the wait when it can be read; negative for none.
    /// - Returns: whether it was raised.
    @discardableResult
    public func wait(milliseconds: Int32, or other: Int32 = -1) -> Bool {
        var pollers = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let ready = poll(&pollers, nfds_t(other < 0 ? 1 : 2), milliseconds)
        guard ready > 0, pollers[0].revents != 0 else { return false }
        clear()
        return true
    }
}
