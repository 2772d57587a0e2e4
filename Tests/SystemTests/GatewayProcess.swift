import Control
import Glibc
import Storage
import TestKit

/// The real `poort run`, with a configuration and a database of one test's own.
final class GatewayProcess: Sendable {
    let directory: TemporaryDirectory
    let configurationPath: String
    let databasePath: String
    let socketPath: String
    private let process: Box

    private final class Box: @unchecked Sendable {
        var current: ChildProcess?
    }

    /// - Parameters:
    ///   - databaseDirectory: where the database goes; the test's own directory when nil.
    ///   - extra: further lines of the configuration, of any section that is not among the fixed ones.
    init(
        broker port: Int, databaseDirectory: String? = nil, storage: [String] = [], keepAlive: String = "60s",
        extra: String = ""
    ) {
        directory = TemporaryDirectory()
        process = Box()
        databasePath = (databaseDirectory ?? directory.path) + "/poort.db"
        socketPath = directory.file("poort.sock")
        configurationPath = directory.write(
            """
            [gateway]
            name = "under-test"
            [broker]
            url = "mqtt://127.0.0.1:\(port)"
            receive_maximum = 500
            keepalive = "\(keepAlive)"
            [storage]
            path = "\(databasePath)"
            commit_interval = "200ms"
            \(storage.joined(separator: "\n"))
            [control]
            socket = "\(socketPath)"
            [processing]
            lateness = "0s"
            late_delay = "500ms"
            [[source]]
            topic = "sensors/{type}/{device}/{quantity}"
            format = "json"
            value = "value"
            time = "ts"
            interval = "1s"
            [[source]]
            name = "uplinks"
            topic = "v3/+/devices/+/#"
            format = "the-things-stack-v3"
            \(extra)

            """, to: "poort.toml")
    }

    /// Beside the test's own executable.
    static let executable: String = {
        var path = [CChar](repeating: 0, count: 4096)
        guard readlink("/proc/self/exe", &path, 4095) > 0 else { fatalError("no /proc/self/exe") }
        let own = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/poort"
    }()

    func start(environment: [String: String] = [:]) throws {
        process.current = try ChildProcess(
            GatewayProcess.executable, ["run", "--config", configurationPath], environment: environment,
            output: .file(directory.file("log")), errors: .file(directory.file("log")))
    }

    var isRunning: Bool { process.current?.isRunning ?? false }
    var processID: pid_t { process.current?.processID ?? 0 }
    var log: String { TemporaryDirectory.read(directory.file("log")) ?? "" }

    /// As a power failure does.
    func kill() {
        process.current?.kill()
        _ = process.current?.wait()
    }

    func send(_ signal: Int32) { process.current?.send(signal) }

    /// SIGTERM.
    /// - Returns: how it ended, or nil when it did not within that time.
    func stop(within milliseconds: Int = 5000) -> ChildProcess.Ending? {
        process.current?.terminate()
        return process.current?.wait(milliseconds: milliseconds)
    }

    /// Nil while it does not answer.
    var status: StatusReport? { try? ControlClient(path: socketPath).status() }

    func reader() throws -> StoreReader { try StoreReader(path: databasePath) }

    /// Readings in the file; 0 while there is none.
    var storedCount: Int { (try? reader().holdings().readings) ?? 0 }

    func isConnected() async -> Bool {
        await eventually { status?.broker?.state == "connected" }
    }

    /// Runs another command on the same configuration.
    func command(_ arguments: [String]) throws -> (ending: ChildProcess.Ending?, output: String, errors: String) {
        let run = try ChildProcess(GatewayProcess.executable, arguments)
        let ending = run.wait()
        return (ending, run.standardOutput, run.standardError)
    }
}
