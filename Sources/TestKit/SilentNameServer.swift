import Glibc

/// A name server that takes questions and never answers, for one thread and those that it starts. Needs root.
public final class SilentNameServer: Sendable {
    private let socket: Int32
    private let directory = TemporaryDirectory()

    public static var isPossible: Bool { geteuid() == 0 && unshare != nil }

    /// From now on this thread asks nobody else: it sees another `/etc/resolv.conf` than the process. It must end with
    /// what it was started for.
    public init() throws(ChildProcess.SpawnError) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        let host = UInt32.random(in: 2...250)
        let file = directory.write("nameserver 127.0.53.\(host)\noptions timeout:30 attempts:5\n", to: "resolv.conf")
        guard FreePort.bind(socket, to: 53, of: 0x7F00_3500 + host), let unshare = SilentNameServer.unshare,
            unshare(SilentNameServer.newNamespace) == 0,
            mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0,
            mount(file, "/etc/resolv.conf", nil, UInt(MS_BIND), nil) == 0
        else {
            throw ChildProcess.SpawnError(description: "no name server: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(socket) }

    /// Waits until it is asked about a name.
    public func isAsked(about name: String) -> Bool {
        let wanted = name.split(separator: ".").reduce(into: [UInt8]()) {
            $0 += [UInt8($1.utf8.count)] + Array($1.utf8)
        }
        var question = [UInt8](repeating: 0, count: 512)
        while true {
            var poller = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 20_000) > 0 else { return false }
            let count = recv(socket, &question, question.count, 0)
            if count > 0, question[..<count].firstRange(of: wanted) != nil { return true }
        }
    }

    /// CLONE_NEWNS of linux/sched.h.
    private static let newNamespace: Int32 = 0x0002_0000

    /// unshare(2), which Swift's Glibc does not show.
    private static let unshare: (@convention(c) (Int32) -> Int32)? =
        dlsym(nil, "unshare").map { unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self) }
}
