import Control
import Glibc
import Storage
import Telemetry
import TestKit

/// Something that drains a queue at the broker, for comparison.
protocol Subscriber {
    var name: String { get }
    /// Makes its session at the broker, so that messages are queued for it.
    func subscribe() throws
    /// Takes in the whole queue.
    func drain(_ count: Int) throws -> Measurement
}

struct Measurement {
    var seconds: Double
    var cost: ProcessCost
    var count: Int

    var messagesPerSecond: Double { Double(count) / seconds }
    var cpuMicrosecondsPerMessage: Double { cost.cpuMicroseconds / Double(count) }
    var writtenBytesPerReading: Double { cost.writtenBytes / Double(count) }
}

struct BenchmarkFailure: Error, CustomStringConvertible {
    var description: String
}

/// libmosquitto and SQLite in C, nothing else.
struct BareSubscriber: Subscriber {
    let name = "bare C"
    let executable: String
    let port: Int
    let window: Int
    private let directory = TemporaryDirectory()

    init(executable: String, port: Int, window: Int) {
        self.executable = executable
        self.port = port
        self.window = window
    }

    private func arguments(count: Int) -> [String] {
        ["\(port)", "bare", directory.file("bare.db"), "\(window)", "\(count)"]
    }

    func subscribe() throws {
        let run = try ChildProcess(executable, arguments(count: 0), errors: .inherited)
        guard run.wait() == .exited(0) else { throw BenchmarkFailure(description: "\(name) cannot subscribe") }
    }

    func drain(_ count: Int) throws -> Measurement {
        let run = try ChildProcess(executable, arguments(count: count), errors: .inherited)
        let deadline = ContinuousClock.now + .seconds(120)
        while run.standardOutput.isEmpty {
            guard run.isRunning, ContinuousClock.now < deadline else {
                throw BenchmarkFailure(description: "\(name) does not come to an end")
            }
            usleep(20_000)
        }
        guard let seconds = Double(run.standardOutput.prefix { $0 != "\n" }) else {
            throw BenchmarkFailure(description: "\(name) printed \(run.standardOutput)")
        }
        defer { run.kill() }
        return Measurement(seconds: seconds, cost: ProcessCost(of: run.processID), count: count)
    }
}

/// The gateway itself, with everything it does.
struct GatewaySubscriber: Subscriber {
    let name = "poort"
    let executable: String
    private let directory = TemporaryDirectory()
    private let configuration: String
    private let socket: String
    private let database: String

    init(executable: String, port: Int, window: Int) {
        self.executable = executable
        socket = directory.file("poort.sock")
        database = directory.file("poort.db")
        configuration = directory.write(
            """
            [broker]
            url = "mqtt://127.0.0.1:\(port)"
            receive_maximum = \(window)
            [storage]
            path = "\(database)"
            [control]
            socket = "\(socket)"
            [[source]]
            topic = "sensors/{type}/{device}/{quantity}"
            value = "value"
            unit = "unit"
            time = "ts"
            interval = "10s"

            """, to: "poort.toml")
    }

    private func start() throws -> ChildProcess {
        try ChildProcess(
            executable, ["run", "--config", configuration], output: .nowhere, errors: .file(directory.file("log")))
    }

    func subscribe() throws {
        let run = try start()
        try wait(for: run) { $0.broker?.state == "connected" }
        run.terminate()
        guard run.wait() == .exited(0) else { throw BenchmarkFailure(description: "\(name) does not end") }
    }

    func drain(_ count: Int) throws -> Measurement {
        let before = try StoreReader(path: database).ledger().reduce(0) { $0 + $1.messages.received }
        let run = try start()
        let report = try wait(for: run) { $0.ledger.messages.received >= before + count }
        guard report.ledger.balanced, report.ledger.messages.stored == before + count else {
            throw BenchmarkFailure(description: "\(name) has not stored each reading: \(report.ledger)")
        }
        guard let started = (report.process?.started).flatMap(Timestamp.init(rfc3339:)),
            let ended = report.storage.lastCommit.flatMap(Timestamp.init(rfc3339:))
        else { throw BenchmarkFailure(description: "\(name) does not say when it committed") }
        let cost = ProcessCost(of: run.processID)
        run.terminate()
        _ = run.wait()
        return Measurement(seconds: Double(ended - started) / 1000, cost: cost, count: count)
    }

    @discardableResult
    private func wait(for run: ChildProcess, _ condition: (StatusReport) -> Bool) throws -> StatusReport {
        let client = ControlClient(path: socket)
        let deadline = ContinuousClock.now + .seconds(120)
        while run.isRunning, ContinuousClock.now < deadline {
            if let report = try? client.status(), condition(report) { return report }
            usleep(300_000)
        }
        throw BenchmarkFailure(
            description: "\(name) does not come to an end:\n\(TemporaryDirectory.read(directory.file("log")) ?? "")")
    }
}
