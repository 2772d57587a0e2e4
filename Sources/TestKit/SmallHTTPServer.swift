import Glibc
import Synchronization
import Threading

/// A well-behaved HTTP/1.1 server on the loopback: keeps connections, reads bodies with a length and in chunks, and answers
/// what a closure says. It keeps what it was asked. Any thread.
public final class SmallHTTPServer: Sendable {
    public struct Request: Sendable, Hashable {
        public var method: String
        /// With the query, as it came: `/v1/things?name=a%20b`.
        public var target: String
        /// In their order, names as they came.
        public var headers: [Header]
        public var body: [UInt8]

        public struct Header: Sendable, Hashable {
            public var name: String
            public var value: String

            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        public init(method: String, target: String, headers: [Header] = [], body: [UInt8] = []) {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
        }

        /// The first header of a name, in any case.
        public func header(_ name: String) -> String? {
            let wanted = name.lowercased()
            return headers.first { $0.name.lowercased() == wanted }?.value
        }

        public var path: String { String(target.prefix { $0 != "?" }) }
        /// Nil where there is none.
        public var query: String? { target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } }
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public struct Response: Sendable, Hashable {
        public var status: Int
        public var headers: [Request.Header]
        public var body: [UInt8]
        /// Whether the connection is cut without a word, or half way through the answer.
        public var cut: Cut = .none
        public var isChunked = false

        public enum Cut: Sendable, Hashable {
            case none
            /// The request was done, and nothing is said.
            case beforeAnswer
            case withinBody
        }

        public init(_ status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
            self.status = status
            self.headers = headers.map { Request.Header(name: $0.0, value: $0.1) }
            self.body = body
        }

        public init(_ status: Int, headers: [(String, String)] = [], _ text: String) {
            self.init(status, headers: headers, body: Array(text.utf8))
        }
    }

    public typealias Handler = @Sendable (Request) -> Response

    public let port: Int
    private let handler: Handler
    private let record = Mutex<[Request]>([])
    private let run = Mutex<SmallHTTPRun?>(nil)

    /// Starts on a free port. The closure is called by one thread for each connection.
    public init(_ handler: @escaping Handler) throws(ChildProcess.SpawnError) {
        port = FreePort.next()
        self.handler = handler
        try start()
    }

    deinit { run.withLock { $0?.stop() } }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// What was asked since the beginning, also before it was stopped.
    public var requests: [Request] { record.withLock { $0 } }

    public func forgetRequests() { record.withLock { $0 = [] } }

    /// Listens again, on the same port. Nothing where it does.
    public func start() throws(ChildProcess.SpawnError) {
        if run.withLock({ $0 }) != nil { return }
        let started = try SmallHTTPRun(port: port) { [weak self] request in
            guard let self else { return Response(503) }
            record.withLock { $0.append(request) }
            return handler(request)
        }
        run.withLock { $0 = started }
    }

    /// Cuts all connections and listens no more; waits until that is so.
    public func stop() {
        let running = run.withLock { run -> SmallHTTPRun? in
            defer { run = nil }
            return run
        }
        running?.stop()
    }

    public func restart() throws(ChildProcess.SpawnError) {
        stop()
        try start()
    }
}
