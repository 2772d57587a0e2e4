import Glibc
import Hummingbird
import HummingbirdCore
import HTTPTypes
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
public import Telemetry

/// Answers on the control socket: `GET /status`, `GET /healthz`, `POST /quarantine`.
///
/// Only who may open the socket (mode 0660) can ask. At most eight at once; an idle one is cut off.
public struct ControlServer: Service {
    private let path: String
    private let logger: Logger
    private let report: @Sendable () async -> StatusReport
    private let quarantine: QuarantineWork

    /// Carries out a request about the quarantine, of a bounded number of messages.
    public typealias QuarantineWork =
        @Sendable (QuarantineAction, QuarantineSelection) async throws(ControlError) -> QuarantineOutcome

    /// Makes ready to listen: the directory is created if need be, and a socket that nobody answers on is removed.
    /// - Throws: when another daemon listens there, or the directory cannot be made.
    public init(
        path: String, logger: Logger, report: @escaping @Sendable () async -> StatusReport,
        quarantine: @escaping QuarantineWork
    ) throws(ControlError) {
        self.path = path
        self.logger = logger
        self.report = report
        self.quarantine = quarantine
        try ControlServer.claim(path)
    }

    public func run() async throws {
        let router = router
        var quiet = logger
        quiet.logLevel = .warning
        let path = path
        let application = Application(
            router: router, server: .http1(configuration: .init(idleTimeout: .seconds(10))),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: path),
                availableConnectionsDelegate: MaximumAvailableConnections(8)),
            onServerRunning: { _ in chmod(path, 0o660) },
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: quiet)
        try await application.run()
        unlink(path)
    }

    private static let largestRequestBytes = 256 << 10

    private var router: Router<BasicRequestContext> {
        let router = Router()
        let report = report
        let quarantine = quarantine
        router.get("/healthz") { _, _ in "ok\n" }
        router.get("/status") { _, _ in try answer(await report()) }
        router.post("/quarantine") { request, _ -> Response in
            let body = try await request.body.collect(upTo: ControlServer.largestRequestBytes)
            let asked: QuarantineRequest
            do {
                asked = try StatusCoding.decode(QuarantineRequest.self, from: Array(body.readableBytesView))
            } catch {
                let refusal = ControlRefusal(
                    error: "the request is not understood", hint: "are the daemon and this command of the same version?"
                )
                return try answer(refusal, status: .badRequest)
            }
            do {
                return try answer(try await quarantine(asked.action, asked.selection))
            } catch let error as ControlError {
                return try answer(ControlRefusal(error: error.cause, hint: error.hint), status: .serviceUnavailable)
            }
        }
        return router
    }

    /// Whether something else than a socket stands where the socket is to be.
    public static func isObstructed(_ path: String) -> Bool { UnixSocket.isSocket(path) == false }

    private static func claim(_ path: String) throws(ControlError) {
        try UnixSocket.checkLength(path)
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            let directory = String(path[..<slash])
            if access(directory, F_OK) != 0, mkdir(directory, 0o750) != 0 {
                throw ControlError(
                    operation: "make the control socket's directory", path: directory,
                    cause: String(cString: strerror(errno)), hint: "make it, or set [control] socket")
            }
        }
        guard let isSocket = UnixSocket.isSocket(path) else {
            if access(path, F_OK) != 0 { return }
            throw ControlError(
                operation: "listen", path: path, cause: "something of another user's is there",
                hint: "remove it, or set [control] socket to another path")
        }
        guard isSocket else {
            throw ControlError(
                operation: "listen", path: path, cause: "something else than a socket is there",
                hint: "set [control] socket to a path of its own")
        }
        do throws(ControlError) {
            _ = try UnixSocket(path: path, timeoutSeconds: 1)
        } catch {
            guard error.systemError == ECONNREFUSED else { throw error }
            unlink(path)
            return
        }
        throw ControlError(
            operation: "listen", path: path, cause: "another poort answers there",
            hint: "stop it first (systemctl stop poort), or give this one another [control] socket")
    }
}

private func answer(_ content: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    Response(
        status: status, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try StatusCoding.encode(content))))
}
