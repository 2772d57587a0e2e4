import Storage
import Telemetry
import TestKit
import Testing

@Suite("poort ledger")
struct LedgerCommandTests {
    private let directory = TemporaryDirectory()

    @Test("--verify compares accounts and rows of one moment, while the file is written", .timeLimit(.minutes(1)))
    func verifiesOneMoment() throws {
        let path = directory.file("poort.db")
        let store = try Store(path: path)
        let series = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        var stored: Int64 = 0
        func add(_ count: Int) throws {
            for _ in 0..<count {
                stored += 1
                let reading = Reading(series: 0, time: Timestamp(milliseconds: stored), value: 1)
                _ = try store.insert(reading, series: series)
            }
            var account = SourceLedger(source: "s")
            account.readings.received = count
            account.readings.stored = count
            try store.add(account)
            try store.commit()
        }
        // To count these takes longer than a commit.
        try add(200_000)
        for _ in 0..<5 {
            let run = try ChildProcess(GatewayProcess.executable, ["ledger", "--verify", "--database", path])
            while run.isRunning { try add(1) }
            #expect(run.wait() == .exited(0), "\(run.standardOutput)\(run.standardError)")
        }
    }
}
