import Glibc
import Synchronization
import Threading

/// A server on the loopback that behaves as it is told to, which is seldom well. It keeps what it is sent.
public final class UnpleasantServer: Sendable {
    /// What it does with each request.
    public enum Manner: Sendable {
        /// Says this, and keeps the connection.
        case answers(String)
        /// Takes the request and says nothing.
        case hangs
        /// Accepts the connection and does not even read.
        case ignores
        /// Says this before it is asked anything, and closes.
        case speaksFirst(String)
        /// Takes the request and resets the connection.
        case resets
        /// Takes the request and closes the connection without a word.
        case hangsUp
        /// Answers the first request of a connection, takes the next, and closes it.
        case answersOnce(String)
        /// Says this and closes.
        case breaksOff(String)
        /// Reads the headers, says this and closes the connection, in an orderly way or at once.
        case refusesEarly(String, isOrderly: Bool)
        /// Says this, one byte each 50 milliseconds.
        case dribbles(String)
        /// Says this and then so many bytes.
        case pours(String, bytes: Int)
    }

    public struct Request: Sendable {
        /// First line and headers.
        public var head: String
        public var body: [UInt8]
    }

    public let port: Int
    private let shared: Shared
    private let thread: WorkerThread

    public init(_ manner: Manner) throws(ChildProcess.SpawnError) {
        let port = FreePort.next()
        let shared = Shared(manner)
        let listener = try FreePort.listen(on: port)
        self.port = port
        self.shared = shared
        thread = WorkerThread(name: "unpleasant") {
            var connections: [WorkerThread] = []
            while !shared.shouldStop.load(ordering: .relaxed) {
                guard UnpleasantConnection.isReadable(listener, milliseconds: 20) else { continue }
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { continue }
                shared.connections.add(1, ordering: .relaxed)
                connections.append(
                    WorkerThread(name: "unpleasant-one") { UnpleasantConnection(socket, shared).serve() })
            }
            close(listener)
            for connection in connections { _ = connection.join(milliseconds: 5000) }
        }
    }

    deinit {
        shared.shouldStop.store(true, ordering: .relaxed)
        _ = thread.join(milliseconds: 10_000)
    }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }
    public var requests: [Request] { shared.requests.withLock { $0 } }
    /// How many it has accepted.
    public var connections: Int { shared.connections.load(ordering: .relaxed) }
    /// How many bytes of a body it got rid of.
    public var pouredBytes: Int { shared.pouredBytes.load(ordering: .relaxed) }

    public func behave(_ manner: Manner) { shared.manner.withLock { $0 = manner } }

    /// A whole answer.
    public static func answer(_ status: Int, headers: [String] = [], body: String = "") -> String {
        let lines = ["HTTP/1.1 \(status) So", "Content-Length: \(body.utf8.count)"] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    final class Shared: Sendable {
        let manner: Mutex<Manner>
        let requests = Mutex<[Request]>([])
        let connections = Atomic<Int>(0)
        let pouredBytes = Atomic<Int>(0)
        let shouldStop = Atomic<Bool>(false)

        init(_ manner: Manner) {
            self.manner = Mutex(manner)
        }
    }
}
