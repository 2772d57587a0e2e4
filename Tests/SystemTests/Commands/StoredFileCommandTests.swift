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

    /// A reading a minute for more than a day, until beyond the minutes that may pass meanwhile; all tests found something.
    private func fillMinutes() throws {
        let store = try store()
        let now = Timestamp.now().milliseconds / StoredFileCommandTests.minute * StoredFileCommandTests.minute
        let readings = (-1500...3).map { minutes in
            Reading(
                series: 0, time: Timestamp(milliseconds: now + Int64(minutes) * StoredFileCommandTests.minute + 7000),
                value: Double(minutes % 7 + 10))
        }
        try add("aq-0001", "pm2_5", interval: StoredFileCommandTests.minute, readings, to: store)
        let flagged = (-300 ..< -200).map { minutes in
            var tests = QualityTests()
            for test in QualityTest.allCases where minutes % (Int(test.rawValue) + 2) == 0 { tests[test] = .suspect }
            return Reading(
                series: 0, time: Timestamp(milliseconds: now + Int64(minutes) * StoredFileCommandTests.minute + 8000),
                value: 11, flag: .suspect, tests: tests)
        }
        try add("aq-0001", "pm10", interval: StoredFileCommandTests.minute, flagged, to: store)
        try store.commit()
    }

    @Test("expect as many readings of a day as it has, and print all that tests found, however wide the screen is")
    func wholeDay() throws {
        try fillMinutes()
        for columns in [40, 80, 120, 160] {
            let lines = try run(["show", "aq-0001"], columns: columns).lines
            #expect(lines.allSatisfy { $0.count <= columns }, "\(columns): \(lines)")
            let text = lines.joined(separator: "\n")
            #expect(!text.contains("…"), "\(text)")
            #expect(QualityTest.allCases.allSatisfy { text.contains($0.name) }, "\(text)")
            #expect(text.contains("1\u{A0}440 of 1\u{A0}440") && text.contains("100 %, valid"), "\(text)")
        }
        let plotted = try run(["plot", "aq-0001", "pm2_5", "--last", "6h"]).lines.joined(separator: " ")
        #expect(plotted.contains("readings 360 of 360"), "\(plotted)")
    }

    @Test("draw in ASCII where the locale is not UTF-8, in as many columns")
    func otherLocale() throws {
        try fillMinutes()
        let plain = try run(["show", "aq-0001"], environment: ["LC_ALL": "C"]).lines
        let drawn = try run(["show", "aq-0001"], environment: ["LC_ALL": "C.UTF-8"]).lines
        #expect(plain.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } && plain.contains { $0.contains("+---") })
        #expect(drawn.contains { $0.contains("┬") } && !drawn.contains { $0.contains("+---") }, "\(drawn)")
        // All but how long ago the latest reading was.
        let widths = [plain, drawn].map { lines in lines.filter { !$0.contains(" ago") }.map(\.count) }
        #expect(widths[0] == widths[1])
    }

    @Test("show seconds of less than a minute, and say of the future alone that it is to come")
    func ranges() throws {
        try fillMinutes()
        let second = ["plot", "aq-0001", "pm2_5", "--from", "2026-01-01T10:00:00Z", "--to", "2026-01-01T10:00:01Z"]
        let heading = try run(second).lines[1]
        #expect(heading == "1 Jan 10:00:00 – 10:00:01 2026 UTC, readings")
        let future = try run(["plot", "aq-0001", "pm2_5", "--from", "9000-01-01T00:00:00Z"], exitCode: 64).errors
        #expect(future.contains("lies in the future") && !future.contains("subcommand"), "\(future)")
    }

    @Test("take durations in the units of the configuration")
    func durations() throws {
        try fillMinutes()
        for duration in ["3y", "1.5h", "90s", "500ms", "7d"] {
            #expect(try run(["query", "--last", duration]).errors.isEmpty)
            #expect(try run(["plot", "aq-0001", "pm2_5", "--last", duration]).errors.isEmpty)
        }
        for duration in ["3", "y", "-1d", "0s", "1e3s", "9999999y", "3 weeks"] {
            let refused = try run(["query", "--last", duration], exitCode: 64).errors
            #expect(refused.contains("24h, 7d or 3y") || duration == "-1d", "\(refused)")
        }
    }

    @Test("say that no hour is closed, where none is, and of what time a level is")
    func noClosedHour() throws {
        let store = try store()
        let now = Timestamp.now()
        let past = now - 72 * StoredFileCommandTests.hour
        let readings = [Reading(series: 0, time: now - StoredFileCommandTests.minute, value: 41)]
        for (device, quantity) in [("aq-0001", "pm2_5"), ("tr-0001", "car_count"), ("bin-0001", "fill_level")] {
            try add(device, quantity, interval: 5 * StoredFileCommandTests.minute, readings, to: store)
        }
        try store.setState("closed_until", past.milliseconds)
        try store.commit()
        for arguments in [["figures"], ["figures", "aq-0001"], ["figures", "tr-0001"]] {
            let lines = try run(arguments + ["--last", "24h"]).lines
            #expect(lines.contains { $0.hasSuffix("no hour is closed in this range") }, "\(lines)")
        }
        let range = ["--from", "\(past)", "--to", "\(past + 2 * StoredFileCommandTests.hour)"]
        for columns in [60, 80] {
            let lines = try run(["figures"] + range, columns: columns).lines
            #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
            let row = try #require(lines.first { $0.hasPrefix("bin-0001") })
            // 2026-11-23T10:00:00.000Z
            #expect(row.contains((now - StoredFileCommandTests.minute).description.dropFirst(11).prefix(5)), "\(lines)")
            #expect(lines.joined(separator: " ").contains("insufficient data:") && !lines.joined().contains("…"))
        }
    }
}
