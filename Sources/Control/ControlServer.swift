import Glibc
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Answers on the control socket: `GET /status`, `GET /healthz`.
///
/// Only who may open the socket (mode 0660) can ask. At most eight at once; an idle one is cut off.
public struct ControlServer: Service {
    private let path: String
    private let logger: Logger
    private let report: @Sendable () async -> StatusReport

    /// Makes ready to listen: the directory is created if need be, and a socket that nobody answers on is removed.
    /// - Throws: when another daemon listens there, or the directory cannot be made.
    public init(
        path: String, logger: Logger, report: @escaping @Sendable () async -> StatusReport
    ) throws(ControlError) {
        self.path = path
        self.logger = logger
        self.report = report
        try ControlServer.claim(path)
    }

    public func run() async throws {
        let router = Router()
        let report = report
        router.get("/healthz") { _, _ in "ok\n" }
        router.get("/status") { _, _ -> Response in
            let body = try StatusCoding.encode(await report())
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
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
        guard let isSocket = UnixSocket.isSocket(path) else { return }
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
