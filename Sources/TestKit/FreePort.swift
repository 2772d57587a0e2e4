import Glibc

/// TCP ports of the loopback that nobody listens on.
public enum FreePort {
    /// A port that was free a moment ago; the kernel hands out others for a while.
    public static func next() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { fatalError("socket: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { fatalError("bind: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether somebody accepts connections on a port of the loopback.
    public static func isListening(_ port: Int) -> Bool {
        let descriptor = connect(to: port)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    /// - Returns: a connected socket, or -1.
    static func connect(to port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        let isConnected = withLoopback(port) { Glibc.connect(descriptor, $0, $1) == 0 }
        if isConnected { return descriptor }
        close(descriptor)
        return -1
    }

    static func bind(_ descriptor: Int32, to port: Int, of host: UInt32 = 0x7F00_0001) -> Bool {
        withLoopback(port, of: host) { Glibc.bind(descriptor, $0, $1) == 0 }
    }

    /// - Returns: a socket that accepts connections.
    static func listen(on port: Int) throws(ChildProcess.SpawnError) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, to: port), Glibc.listen(descriptor, 8) == 0 else {
            let cause = String(cString: strerror(errno))
            close(descriptor)
            throw ChildProcess.SpawnError(description: "cannot listen on \(port): \(cause)")
        }
        return descriptor
    }

    private static func withLoopback(
        _ port: Int, of host: UInt32 = 0x7F00_0001, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        var address = loopback(port: UInt16(port), of: host)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func loopback(port: UInt16, of host: UInt32 = 0x7F00_0001) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        return address
    }
}
