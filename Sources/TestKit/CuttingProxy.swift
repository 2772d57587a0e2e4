import Glibc
import Synchronization
import Threading

/// Stands between a client and a server on the loopback, and can swallow what the client says: so a test decides what
/// the server never hears of. One connection at a time.
public final class CuttingProxy: Sendable {
    private let line: Line
    private let thread: WorkerThread

    /// Listens on a free port and passes each connection on to another.
    /// - Throws: when somebody took the port meanwhile.
    public init(to target: Int) throws(ChildProcess.SpawnError) {
        let line = try Line(to: target)
        self.line = line
        thread = WorkerThread(name: "proxy") { line.serve() }
    }

    deinit {
        line.shouldStop.store(true, ordering: .relaxed)
        _ = thread.join(milliseconds: 5000)
    }

    public var port: Int { line.port }

    /// From now on nothing that the client says reaches the server, until ``cut()``.
    public func swallow() { line.swallows.store(true, ordering: .relaxed) }

    /// Ends the connection; the next one is passed on whole.
    public func cut() {
        line.swallows.store(false, ordering: .relaxed)
        line.shouldCut.store(true, ordering: .relaxed)
    }
}

/// What the proxy's thread works with.
private final class Line: Sendable {
    let port: Int
    let swallows = Atomic<Bool>(false)
    let shouldCut = Atomic<Bool>(false)
    let shouldStop = Atomic<Bool>(false)
    private let target: Int
    private let listener: Int32

    init(to target: Int) throws(ChildProcess.SpawnError) {
        self.target = target
        port = FreePort.next()
        listener = try FreePort.listen(on: port)
    }

    deinit { close(listener) }

    func serve() {
        while !shouldStop.load(ordering: .relaxed) { serveOne() }
    }

    private func serveOne() {
        guard Line.isReadable(listener) else { return }
        let client = accept(listener, nil, nil)
        let server = FreePort.connect(to: target)
        defer {
            close(client)
            if server >= 0 { close(server) }
        }
        shouldCut.store(false, ordering: .relaxed)
        while server >= 0, !shouldStop.load(ordering: .relaxed), !shouldCut.load(ordering: .relaxed) {
            guard pass(from: client, to: server, isSwallowed: swallows.load(ordering: .relaxed)),
                pass(from: server, to: client, isSwallowed: false)
            else { return }
        }
    }

    /// - Returns: false when a side has hung up.
    private func pass(from source: Int32, to sink: Int32, isSwallowed: Bool) -> Bool {
        guard Line.isReadable(source, milliseconds: 2) else { return true }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(source, &buffer, buffer.count, 0)
        if count <= 0 { return false }
        if isSwallowed { return true }
        var sent = 0
        while sent < count {
            let written = buffer[sent..<count].withUnsafeBytes {
                send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if written <= 0 { return false }
            sent += written
        }
        return true
    }

    private static func isReadable(_ descriptor: Int32, milliseconds: Int32 = 50) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&poller, 1, milliseconds) > 0
    }
}
