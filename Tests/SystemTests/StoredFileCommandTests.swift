import Storage
import Telemetry
import TestKit
import Testing

/// What the commands that only look make of a file that no daemon has open.
@Suite("Commands on a file alone")
struct StoredFileCommandTests {
    private let directory = TemporaryDirectory()
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000

    private func configuration() -> String {
        directory.write(
            """
            [gateway]
            timezone = "UTC"
            [storage]
            path = "poort.db"
            [[source]]
            topic = "{device}/{quantity}"
            [[device]]
            id = "silent-0001"
            [[device]]
            id = "silent-0002"
            interval = "5m"
            """, to: "poort.toml")
    }

    private func store() throws -> Store { try Store(path: directory.file("poort.db")) }

    private func add(
        _ device: String, _ quantity: String, interval: Int64?, _ readings: [Reading], to store: Store
    ) throws {
        let series = Series(
            number: 0, device: device, quantity: QuantityCatalogue()[quantity]!, intervalMilliseconds: interval)
        let id = try store.identify(series).id
        for reading in readings { _ = try store.insert(reading, series: id) }
        if let first = readings.first { try store.setFirstTime(first.time, of: id) }
    }

    private func run(
        _ arguments: [String], columns: Int = 80, environment: [String: String] = [:], exitCode: Int32 = 0
    ) throws -> (lines: [String], errors: String) {
        let run = try ChildProcess(
            GatewayProcess.executable, arguments + ["--config", configuration()],
            environment: environment.merging(["COLUMNS": "\(columns)"]) { $1 })
        #expect(run.wait() == .exited(exitCode), "\(arguments): \(run.standardError)")
        return (run.standardOutput.split(separator: "\n").map(String.init), run.standardError)
    }

    @Test("say of every configured device that never sent that there is nothing of it yet")
    func neverHeard() throws {
        try store().commit()
        let lines = try run(["sensors"]).lines
        #expect(lines.count == 3 && lines.dropFirst().allSatisfy { $0.hasSuffix(" never  nothing yet") }, "\(lines)")
    }
}
