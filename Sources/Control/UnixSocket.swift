import Glibc

/// A connection to a unix socket, blocking with a time limit. Source: unix(7).
struct UnixSocket: ~Copyable {
    let descriptor: Int32

    /// - Parameter timeoutSeconds: for each step of sending and receiving.
    init(path: String, timeoutSeconds: Int) throws(ControlError) {
        descriptor = try UnixSocket.connected(to: path, timeoutSeconds: timeoutSeconds)
    }

    private static func connected(to path: String, timeoutSeconds: Int) throws(ControlError) -> Int32 {
        try checkLength(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw UnixSocket.failure(path: path, code: code)
        }
        return descriptor
    }

    deinit { close(descriptor) }

    /// Asked by opening it, which no socket allows: lstat(2)'s structure has two homes here, and the optimised build
    /// takes it from a module of NIO's that is not to be imported. Source: open(2), ENXIO.
    /// - Returns: nil where nothing is, or where this user may not know.
    static func isSocket(_ path: String) -> Bool? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return false
        }
        return errno == ENOENT || errno == EACCES ? nil : errno == ENXIO
    }

    /// Source: unix(7), sun_path.
    static func checkLength(_ path: String) throws(ControlError) {
        guard path.utf8.count < 108 else {
            throw ControlError(
                operation: "use the control socket", path: path, cause: "its path is longer than 107 bytes",
                hint: "set [control] socket to a shorter one")
        }
    }

    private static func failure(path: String, code: Int32) -> ControlError {
        let hint =
            switch code {
            case ENOENT:
                "the daemon is not running, or listens elsewhere: systemctl status poort; --socket names another"
            case ECONNREFUSED: "the daemon is not running; it ended without removing its socket: journalctl -u poort"
            case EACCES, EPERM:
                "your user may not ask it, whether it runs or not: add it to the group poort (sudo usermod -aG poort NAME, then log in anew), or use sudo"
            case EAGAIN: "it is busy with others: try again"
            default: ""
            }
        var error = ControlError(
            operation: "reach the daemon", path: path, cause: String(cString: strerror(code)), hint: hint)
        error.systemError = code
        return error
    }

    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Everything until the other side closes; nil when it takes too long or is too much.
    func receiveAll(limit: Int) -> [UInt8]? {
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while received.count <= limit {
            let count = recv(descriptor, &piece, piece.count, 0)
            if count < 0 { return nil }
            if count == 0 { return received }
            received += piece[..<count]
        }
        return nil
    }
}
