import Storage
import Telemetry
import TestKit
import Testing

/// Tables in a pipe, where no terminal says how wide a line may be.
@Suite("Widths of tables")
struct TableWidthTests {
    private let directory = TemporaryDirectory()

    private func lines(_ arguments: [String], columns: Int? = nil, exitCode: Int32 = 0) throws -> [String] {
        let run = try ChildProcess(
            GatewayProcess.executable, arguments, environment: ["COLUMNS": columns.map { "\($0)" } ?? ""])
        #expect(run.wait() == .exited(exitCode), "\(run.standardError)")
        return run.standardOutput.split(separator: "\n").map(String.init)
    }

    /// One device that measures everything, and one that measures one thing.
    private func configuration() throws -> String {
        let store = try Store(path: directory.file("poort.db"))
        for quantity in QuantityCatalogue().quantities.values.sorted(by: { $0.name < $1.name }) {
            try insert(Series(number: 0, device: "much", quantity: quantity), into: store)
        }
        try insert(Series(number: 0, device: "little", quantity: QuantityCatalogue()["pm10"]!), into: store)
        for name in ["sensors/{type}/{device}/{quantity}/and/a/topic/that/is/long", "short"] {
            var account = SourceLedger(source: name)
            account.readings.received = 1_000_000
            account.readings.stored = 1_000_000
            try store.add(account)
        }
        try store.commit()
        return directory.write(
            """
            [storage]
            path = "poort.db"
            [[source]]
            topic = "sensors/{type}/{device}/{quantity}"
            """, to: "poort.toml")
    }

    private func insert(_ series: Series, into store: Store) throws {
        let id = try store.identify(series).id
        _ = try store.insert(Reading(series: 0, time: Timestamp.now(), value: 1), series: id)
    }

    @Test("do not pad every line to the widest cell, and fit where COLUMNS says how wide a line is")
    func sensors() throws {
        let path = try configuration()
        let wide = try lines(["sensors", "--config", path])
        #expect(wide.contains { $0.count > 300 }, "nothing is cut")
        let little = try #require(wide.first { $0.hasPrefix("little") })
        #expect(little.count < 100 && little.hasSuffix("not configured"), "\(little)")
        let cut = try lines(["sensors", "--config", path], columns: 80)
        #expect(cut.count == 3 && cut.allSatisfy { $0.count <= 80 }, "\(cut)")
        #expect(cut.allSatisfy { $0.hasSuffix("state") || $0.hasSuffix("not configured") }, "\(cut)")
    }

    @Test("of the ledger put a source's name on a line of its own where it would not fit")
    func ledger() throws {
        let path = try configuration()
        let wide = try lines(["ledger", "--config", path])
        #expect(wide[0].hasPrefix("source ") && wide[1].contains("long  messages"), "\(wide)")
        // The accounts are made up: the rows do not agree.
        let stacked = try lines(["ledger", "--verify", "--config", path], columns: 80, exitCode: 1)
        #expect(stacked.allSatisfy { $0.count <= 80 }, "\(stacked)")
        #expect(stacked[1].hasSuffix("/that/is/long") && stacked[4] == "short" && stacked[7] == "total", "\(stacked)")
        #expect(stacked[3].hasPrefix("  readings   1000000  1000000 "), "\(stacked)")
    }

    @Test("do not matter to the version, which is given for the option that others have, too")
    func version() throws {
        #expect(try lines(["--version"]) == lines(["version"]))
    }
}
