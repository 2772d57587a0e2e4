@testable import Control
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry
import TestKit
import Testing
import Threading

@Suite("Control socket", .serialized, .timeLimit(.minutes(1)))
struct ControlSocketTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.sock") }

    private func server(_ path: String? = nil) throws(ControlError) -> ControlServer {
        try ControlServer(
            path: path ?? self.path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            report: { StatusCodingTests.full },
            quarantine: { (action, selection) async throws(ControlError) in
                if selection.reason == "busy" {
                    throw ControlError(operation: "", path: "", cause: "at work", hint: "wait")
                }
                var outcome = QuarantineOutcome()
                outcome.stored = action == .replay ? selection.ids?.count ?? 0 : 0
                outcome.continueAfter = selection.after
                return outcome
            })
    }

    /// Runs a server around the body, as the daemon does, and sees it end. The body blocks, so it has a thread of its own:
    /// the server needs those of Swift's pool.
    private func serving(_ body: @escaping @Sendable () throws -> Void) async throws {
        let path = path
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let group = ServiceGroup(services: [try server()], gracefulShutdownSignals: [], logger: logger)
        let running = Task { try await group.run() }
        #expect(await eventually { mode(path) & 0o777 == 0o660 })
        let failure = Mutex<(any Error)?>(nil)
        let thread = WorkerThread(name: "client") {
            do { try body() } catch { failure.withLock { $0 = error } }
        }
        #expect(await eventually(within: .seconds(50)) { thread.join(milliseconds: 0) })
        if let error = failure.withLock({ $0 }) { Issue.record(error) }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    private func expectStatus(location: SourceLocation = #_sourceLocation) {
        #expect(throws: Never.self, sourceLocation: location) {
            let status = try ControlClient(path: path).status()
            #expect(status == StatusCodingTests.full, sourceLocation: location)
        }
    }

    private func mode(_ path: String) -> mode_t {
        var information = stat()
        return lstat(path, &information) == 0 ? information.st_mode : 0
    }

    /// Sends bytes as they are, and takes what comes back.
    private func exchange(_ bytes: [UInt8]) throws {
        let socket = try UnixSocket(path: path, timeoutSeconds: 1)
        _ = socket.send(bytes)
        shutdown(socket.descriptor, Int32(SHUT_WR))
        _ = socket.receiveAll(limit: 1 << 20)
    }

    @Test("passes requests about the quarantine on, and says why one cannot be carried out")
    func quarantine() async throws {
        let path = path
        try await serving {
            let client = ControlClient(path: path)
            let selection = QuarantineSelection(ids: [7, 8, 9], source: "s", after: 41)
            let outcome = try client.quarantine(.replay, selection)
            #expect(outcome.stored == 3 && outcome.continueAfter == 41)
            #expect(try client.quarantine(.drop, selection).stored == 0)
            let refusal = #expect(throws: ControlError.self) {
                try client.quarantine(.replay, QuarantineSelection(reason: "busy"))
            }
            #expect(refusal?.cause == "at work" && refusal?.hint == "wait")
            for body in ["{}", "{", #"{"action":"burn","selection":{}}"#, String(repeating: "[", count: 100_000)] {
                let refusal = #expect(throws: ControlError.self) {
                    try client.ask("POST", "/quarantine", body: Array(body.utf8), timeoutSeconds: 2)
                }
                #expect(refusal?.cause == "the request is not understood")
            }
        }
    }

    @Test("brings the status over, to its owner and group alone")
    func status() async throws {
        try await serving {
            expectStatus()
            #expect(mode(path) & S_IFMT == S_IFSOCK)
            #expect(mode(path) & 0o777 == 0o660)
            #expect((try? ControlClient(path: path).ask("GET", "/healthz", timeoutSeconds: 2)) == Array("ok\n".utf8))
        }
        #expect(mode(path) == 0, "the socket is gone with its server")
    }

    @Test("answers an unknown target with an error that the client can tell")
    func unknownTarget() async throws {
        try await serving {
            let error = #expect(throws: ControlError.self) {
                try ControlClient(path: path).ask("GET", "/nothing", timeoutSeconds: 2)
            }
            #expect(error?.cause.contains("404") == true)
            expectStatus()
        }
    }

    @Test("takes the place of a socket that nobody answers on")
    func stale() async throws {
        do {
            let abandoned = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(abandoned) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let isBound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(abandoned, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            try #require(isBound)
        }
        #expect(mode(path) & S_IFMT == S_IFSOCK)
        try await serving {
            expectStatus()
        }
    }

    @Test("does not push a running daemon aside")
    func second() async throws {
        try await serving {
            let error = #expect(throws: ControlError.self) { try server() }
            #expect(error?.cause.contains("another poort") == true)
            #expect(error?.hint.isEmpty == false)
            expectStatus()
        }
    }

    @Test("does not remove a file or directory that a wrong path names")
    func notASocket() throws {
        directory.write("precious", to: "poort.sock")
        let error = #expect(throws: ControlError.self) { try server() }
        #expect(error?.hint.contains("[control] socket") == true)
        #expect(TemporaryDirectory.read(path) == "precious")
        #expect(throws: ControlError.self) { try server(directory.path) }
        #expect(mode(directory.path) & S_IFMT == S_IFDIR)
    }

    @Test("makes its directory, one level of it")
    func makesDirectory() throws {
        _ = try server(directory.file("run/poort.sock"))
        #expect(mode(directory.file("run")) & 0o777 == 0o750)
        let error = #expect(throws: ControlError.self) { try server(directory.file("a/b/poort.sock")) }
        #expect(error?.path == directory.file("a/b"))
    }

    @Test("says what to do when nobody is there")
    func nobodyThere() {
        let error = #expect(throws: ControlError.self) { try ControlClient(path: path).status() }
        #expect(error?.hint.contains("not running") == true)
        #expect(error?.description.contains(path) == true)
        // A file that is no socket refuses as an abandoned socket does.
        directory.write("", to: "poort.sock")
        let refused = #expect(throws: ControlError.self) { try ControlClient(path: path).status() }
        #expect(refused?.hint.contains("without removing its socket") == true)
        #expect(error?.isForbidden == false && refused?.isForbidden == false)
        #expect(ControlServer.isObstructed(path))
        #expect(!ControlServer.isObstructed(directory.file("none")))
    }

    @Test("refuses a path that no socket can have, on both sides")
    func tooLong() {
        let long = directory.file(String(repeating: "x", count: 108 - directory.path.utf8.count))
        let client = #expect(throws: ControlError.self) { try ControlClient(path: long).status() }
        #expect(client?.cause.contains("107") == true)
        let served = #expect(throws: ControlError.self) { try server(long) }
        #expect(served?.cause.contains("107") == true)
    }

    @Test("stays up whatever is sent to it")
    func garbage() async throws {
        try await serving {
            var random = SeededGenerator(seed: 0x6A7B)
            var requests: [[UInt8]] = [
                [], [0], Array("\r\n\r\n".utf8), Array("GET".utf8), Array("GET /status HTTP/9.9\r\n\r\n".utf8),
                Array("GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
                Array("POST /status HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n".utf8),
                Array("POST /status HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n".utf8),
                Array(("GET /" + String(repeating: "a", count: 200_000) + " HTTP/1.1\r\n\r\n").utf8),
                Array(("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 20_000) + "\r\n").utf8),
            ]
            for _ in 0..<30 {
                requests.append(
                    (0..<Int.random(in: 1...500, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                )
            }
            for request in requests { try exchange(request) }
            expectStatus()
        }
    }

    @Test("does not take what is no report for one")
    func notAReport() async throws {
        let error = try await withAnswer("HTTP/1.1 200 OK\r\n\r\n{\"hello\":1}") {
            try ControlClient(path: path).status()
        }
        #expect(error?.cause.contains("not what was asked for") == true)
        #expect(error?.hint.contains("same version") == true)
        let cut = try await withAnswer("HTTP/1.1 200") { try ControlClient(path: path).status() }
        #expect(cut != nil)
        let empty = try await withAnswer("") { try ControlClient(path: path).status() }
        #expect(empty != nil)
    }

    /// Asks a listener that gives one answer, and hands back the client's error.
    private func withAnswer(_ answer: String, _ ask: () throws -> StatusReport) async throws -> ControlError? {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer {
            close(listener)
            unlink(path)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isListening = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 1) == 0
            }
        }
        try #require(isListening)
        let answering = WorkerThread(name: "answer") {
            let accepted = accept(listener, nil, nil)
            var request = [UInt8](repeating: 0, count: 4096)
            _ = read(accepted, &request, request.count)
            _ = write(accepted, answer, answer.utf8.count)
            close(accepted)
        }
        defer { #expect(answering.join(milliseconds: 20_000)) }
        do {
            _ = try ask()
            return nil
        } catch let error as ControlError { return error }
    }
}
