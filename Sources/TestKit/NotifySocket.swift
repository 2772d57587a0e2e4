import Glibc
import Synchronization
import Threading

/// Stands in for systemd's end of `NOTIFY_SOCKET`, and keeps what is sent there. Source: sd_notify(3).
public final class NotifySocket: Sendable {
    /// For the environment variable.
    public let path: String
    private let descriptor: Int32
    private let directory = TemporaryDirectory()
    private let kept = Mutex<[String]>([])
    private let isOver = Atomic<Bool>(false)
    private let reader = Mutex<WorkerThread?>(nil)

    /// - Throws: when the socket cannot be bound.
    public init() throws(ChildProcess.SpawnError) {
        path = directory.file("notify")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else {
            throw ChildProcess.SpawnError(description: "cannot bind \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Reads what comes, as systemd does: the socket holds ten datagrams, and whoever sends more waits.
    public func startReading() {
        reader.withLock {
            $0 = WorkerThread(name: "notify") { [self] in
                while !isOver.load(ordering: .relaxed) {
                    _ = lines
                    usleep(20_000)
                }
            }
        }
    }

    /// Before the object may go.
    public func stopReading() {
        isOver.store(true, ordering: .relaxed)
        _ = reader.withLock { $0 }?.join(milliseconds: 5000)
    }

    deinit { close(descriptor) }

    /// Every line of every datagram so far, in the order of arrival.
    public var lines: [String] {
        kept.withLock { kept in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return kept }
                kept += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }
}
