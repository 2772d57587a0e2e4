import Glibc
import Synchronization

/// A server that listens on a port of the loopback: started, stopped and started again, and killed with this object.
public final class ListeningProcess: Sendable {
    public struct StartError: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    private let directory = TemporaryDirectory()
    private let process = Mutex<ChildProcess?>(nil)

    /// Starts it and waits until it accepts connections.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], port: Int
    ) throws {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.port = port
        try start()
    }

    deinit { kill() }

    /// What it has written, for the message of a failure.
    public var log: String { TemporaryDirectory.read(directory.file("log")) ?? "" }

    public func start() throws {
        let started = try ChildProcess(
            executable, arguments, environment: environment,
            output: .file(directory.file("log")), errors: .file(directory.file("log")))
        process.withLock { $0 = started }
        let deadline = ContinuousClock.now + .seconds(30)
        while !FreePort.isListening(port) {
            guard started.isRunning, ContinuousClock.now < deadline else {
                throw StartError(description: "\(executable) does not start:\n\(log)")
            }
            usleep(5000)
        }
    }

    /// Ends it in an orderly way (SIGTERM); as a power failure does after 20 s.
    public func stop() {
        guard let running = process.withLock({ $0.take() }) else { return }
        running.terminate()
        if running.wait(milliseconds: 20_000) == nil {
            running.kill()
            _ = running.wait()
        }
    }

    /// Ends it as a power failure does (SIGKILL).
    public func kill() {
        guard let running = process.withLock({ $0.take() }) else { return }
        running.kill()
        _ = running.wait()
    }

    /// SIGSTOP and SIGCONT make it deaf for a while.
    public func send(_ signal: Int32) {
        process.withLock { $0?.send(signal) }
    }
}
