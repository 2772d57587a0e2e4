import TestKit
import Testing

@Suite("Commands on days on which the clock changes")
struct ClockChangeCommandTests {
    @Test("show a day of 25 hours as that, and a silent sensor with the last day that it sent", .timeLimit(.minutes(1)))
    func clockChange() throws {
        let directory = TemporaryDirectory()
        func run(_ arguments: [String], output: ChildProcess.Output = .kept) throws -> String {
            let run = try ChildProcess(
                GatewayProcess.executable, arguments, environment: ["COLUMNS": "100"], output: output)
            #expect(run.wait() == .exited(0), "\(arguments): \(run.standardError)")
            return run.standardOutput
        }
        let street = ["--air", "1", "--traffic", "1", "--bins", "0", "--air-interval", "60s"]
        let configuration = directory.write(try run(["simulate", "--configuration"] + street), to: "street.toml")
        let capture = directory.file("capture.ndjson")
        let stretch = ["--from", "2026-10-24T20:00:00Z", "--duration", "28h"]
        _ = try run(["simulate", "--capture"] + stretch + street, output: .file(capture))
        let database = ["--database", directory.file("street.db"), "--config", configuration]
        _ = try run(["replay", capture] + database, output: .file(directory.file("replayed")))
        let day = ["--from", "2026-10-24T22:00:00Z", "--to", "2026-10-25T23:00:00Z"]
        let chart = try run(["plot", "aq-0001", "temperature"] + day + database)
        #expect(chart.contains("25 Oct 00:00 CEST – 26 Oct 2026 00:00 CET"), "\(chart)")
        #expect(chart.contains("readings 1\u{A0}500 of 1\u{A0}500   coverage 100 %, valid"), "\(chart)")
        let labels = try #require(chart.split(separator: "\n").first { $0.contains("25 Oct  ") })
        // Four hours, then three.
        let columns = ["03:00", "06:00", "09:00"].compactMap { time in
            labels.firstRange(of: time).map { labels.distance(from: labels.startIndex, to: $0.lowerBound) }
        }
        #expect(columns.count == 3 && columns[0] - 4 > columns[2] - columns[1], "\(labels)")
        let passed = try run(["figures", "tr-0001"] + day + database)
        #expect(passed.contains("25 of 25 h") && passed.contains("25 Oct 02:00 CEST"), "\(passed)")
        #expect(passed.contains("25 Oct 02:00 CET "), "\(passed)")
        let silent = try run(["show", "aq-0001"] + database)
        #expect(silent.contains("this is the last day that it sent") && silent.contains("late"), "\(silent)")
        #expect(silent.contains("air 25 Oct 2"), "\(silent)")
    }
}
