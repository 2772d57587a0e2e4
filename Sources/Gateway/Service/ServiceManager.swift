import Glibc
import Threading

/// Tells systemd how the daemon is, over the datagram socket in `NOTIFY_SOCKET`; silent when there is none.
///
/// Any thread. Source: sd_notify(3).
struct ServiceManager: Sendable {
    private let address: String?
    /// How often systemd wants a sign of life, in milliseconds; nil when it wants none.
    let watchdogMilliseconds: Int64?

    /// - Parameter environment: looks up a variable.
    init(environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }) {
        address = environment("NOTIFY_SOCKET")
        let isForUs = environment("WATCHDOG_PID").flatMap(Int32.init).map { $0 == getpid() } ?? true
        watchdogMilliseconds =
            isForUs ? environment("WATCHDOG_USEC").flatMap(Int64.init).map { $0 / 1000 } : nil
    }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func status(_ status: String) { send("STATUS=\(status)") }
    func stopping() { send("STOPPING=1\nSTATUS=committing and acknowledging what was read") }
    func watchdog() { send("WATCHDOG=1") }

    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.microseconds())")
    }

    private func send(_ message: String) {
        guard let address, address.utf8.count < 108, address.hasPrefix("/") || address.hasPrefix("@") else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) {
            $0.copyBytes(from: address.utf8)
            // A leading @ stands for the zero byte of an abstract socket.
            if address.hasPrefix("@") { $0[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.utf8.count)
        _ = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.utf8.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
