import Glibc
import Storage
import Telemetry
import TestKit
import Testing

/// `poort replay` gives the same, to the byte, of the same capture: whole, in parts, or killed and begun again.
@Suite("Replay, whole and resumed", .timeLimit(.minutes(3)))
struct ReplayResumptionTests {
    private let directory = TemporaryDirectory()
    private let configuration: String
    private let lines: [Substring]

    /// Six hours of a street on which much goes wrong, with sensors among it that say no time.
    init() throws {
        let street = [
            "simulate", "--air", "2", "--traffic", "1", "--bins", "2", "--air-interval", "60s", "--bin-interval", "3m",
        ]
        let written = try ChildProcess(GatewayProcess.executable, street + ["--configuration"])
        #expect(written.wait() == .exited(0), "\(written.standardError)")
        configuration = directory.write(
            written.standardOutput + """

                [[source]]
                name = "plain"
                topic = "plain/{device}/{quantity}"
                format = "scalar"
                """, to: "street.toml")
        let simulated = try ChildProcess(
            GatewayProcess.executable,
            street + [
                "--capture", "--from", "2026-10-24T20:00:00Z", "--duration", "6h", "--spikes", "0.01", "--late", "0.1",
                "--duplicates", "0.02", "--broken", "0.02", "--resets", "0.02", "--stuck", "0.1",
            ])
        #expect(simulated.wait() == .exited(0), "\(simulated.standardError)")
        lines = ReplayResumptionTests.withTimelessReadings(simulated.standardOutput).split(separator: "\n")
        #expect(lines.count > 5000)
    }

    /// Behind every tenth message four numbers of one sensor, within the same millisecond.
    private static func withTimelessReadings(_ capture: String) -> String {
        var text = ""
        for (number, line) in capture.split(separator: "\n").enumerated() {
            text += line + "\n"
            guard number % 10 == 0 else { continue }
            let received = line.dropFirst(#"{"received":""#.count).prefix { $0 != "\"" }
            for value in [number % 17, number % 13, number % 11, number % 7] {
                text +=
                    #"{"received":"\#(received)","topic":"plain/p-\#(number % 3)/temperature","payload":"\#(value)"}"#
                    + "\n"
            }
        }
        return text
    }

    private func capture(_ part: some Sequence<Substring>, _ name: String) -> String {
        directory.write(part.map { $0 + "\n" }.joined(), to: name)
    }

    private func arguments(_ database: String, _ capture: String) -> [String] {
        ["replay", "--config", configuration, "--database", directory.file(database), capture]
    }

    private func replay(_ database: String, _ capture: String) throws -> String {
        let run = try ChildProcess(GatewayProcess.executable, arguments(database, capture))
        try #require(run.wait(milliseconds: 60_000) == .exited(0), "\(run.standardError)")
        return run.standardOutput
    }

    /// What the file says to those who ask it.
    private func export(_ database: String) throws -> [String] {
        try [["query", "--tier", "all"], ["ledger", "--json", "--verify"], ["quarantine", "list", "--json"]].map {
            let run = try ChildProcess(GatewayProcess.executable, $0 + ["--database", directory.file(database)])
            #expect(run.wait() == .exited(0), "\($0): \(run.standardError)")
            return run.standardOutput
        }
    }

    /// The first line in which two texts differ.
    private func difference(_ left: String, _ right: String) -> String? {
        if left == right { return nil }
        let (lefts, rights) = (left.split(separator: "\n"), right.split(separator: "\n"))
        let index = zip(lefts, rights).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        guard let index else { return "\(lefts.count) lines, and \(rights.count)" }
        return "line \(index + 1):\n\(lefts[index])\n\(rights[index])"
    }

    private func expectSame(_ database: String, as other: String, _ what: String) throws {
        for (left, right) in zip(try export(other), try export(database)) {
            #expect(difference(left, right) == nil, "\(what)")
        }
    }

    @Test("the same capture gives the same bytes, in memory and in files")
    func repeated() throws {
        let whole = capture(lines, "whole.ndjson")
        let first = try replay("first.db", whole)
        #expect(difference(first, try replay("second.db", whole)) == nil)
        try expectSame("second.db", as: "first.db", "a second time")
        let memory = try ChildProcess(GatewayProcess.executable, ["replay", "--config", configuration, whole])
        #expect(memory.wait(milliseconds: 60_000) == .exited(0))
        #expect(difference(first, memory.standardOutput) == nil)
        // It is worth comparing.
        for part in [#""kind":"rejection""#, #""revision":2"#, #""flag":4"#, #""tier":"1h""#, #""device":"p-1""#] {
            #expect(first.contains(part), "\(part)")
        }
        // Once more into the same file: there is nothing new.
        #expect(difference(first, try replay("first.db", whole)) == nil)
        try expectSame("first.db", as: "second.db", "given again")
    }

    @Test("a capture in parts gives the bytes of the whole")
    func parts() throws {
        let whole = try replay("whole.db", capture(lines, "whole.ndjson"))
        var random = SeededGenerator.fromEnvironment()
        for round in 0..<4 {
            var cuts = [0, lines.count]
            for _ in 0...round { cuts.append(Int.random(in: 1..<lines.count, using: &random)) }
            cuts.sort()
            var last = ""
            for (start, end) in zip(cuts, cuts.dropFirst()) where start < end {
                last = try replay("parts-\(round).db", capture(lines[start..<end], "part.ndjson"))
            }
            #expect(difference(whole, last) == nil, "seed \(random.seed), cut at \(cuts)")
            try expectSame("parts-\(round).db", as: "whole.db", "seed \(random.seed), cut at \(cuts)")
        }
    }

    @Test("killed and begun again it ends as if it had not been")
    func killed() throws {
        let path = capture(lines, "whole.ndjson")
        let whole = try replay("whole.db", path)
        let database = directory.file("killed.db")
        func storedCount() -> Int { (try? StoreReader(path: database).holdings().readings) ?? 0 }
        var kills = 0
        var before = 0
        // Each run comes further than the one before.
        for _ in 0..<4 {
            let run = try ChildProcess(GatewayProcess.executable, arguments("killed.db", path))
            while run.isRunning, storedCount() <= before { usleep(500) }
            run.kill()
            if run.wait() == .signalled(SIGKILL) { kills += 1 }
            before = storedCount()
        }
        #expect(kills > 0, "the replay was always faster: this says nothing")
        #expect(difference(whole, try replay("killed.db", path)) == nil, "\(kills) kills, the last at \(before)")
        try expectSame("killed.db", as: "whole.db", "\(kills) kills")
    }

    @Test("what does not go on from the database is refused, and changes nothing")
    func refusals() throws {
        let half = lines.count / 2
        _ = try replay("half.db", capture(lines[..<half], "half.ndjson"))
        let before = try export("half.db")
        func refusal(_ path: String) throws -> String {
            let run = try ChildProcess(GatewayProcess.executable, arguments("half.db", path))
            #expect(run.wait() == .exited(1))
            #expect(run.standardOutput.isEmpty)
            return run.standardError
        }
        #expect(try refusal(capture(lines[..<(half / 2)], "less.ndjson")).contains("give the whole capture"))
        #expect(try refusal(capture(lines[10..<half], "earlier.ndjson")).contains("in the order of their time"))
        var changed = Array(lines)
        changed.remove(at: 100)
        #expect(try refusal(capture(changed, "changed.ndjson")).contains("are not those that the database has"))
        #expect(try export("half.db") == before)

        let store = try Store(path: directory.file("daemon.db"))
        _ = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!))
        try store.commit()
        let run = try ChildProcess(GatewayProcess.executable, arguments("daemon.db", directory.file("half.ndjson")))
        #expect(run.wait() == .exited(1))
        #expect(run.standardError.contains("poort run"))
    }
}
