import Forwarding
import HTTP
import Telemetry
import TestKit
import Testing

@Suite("LineProtocolSink and VictoriaMetrics", .timeLimit(.minutes(2)))
struct VictoriaMetricsTests {
    private func sink(
        _ server: VictoriaMetrics, path: String = "/write", correction: LineProtocolOptions.Correction = .replaces
    ) throws -> LineProtocolSink {
        var options = LineProtocolOptions(url: server.url + path)
        options.correction = correction
        return try LineProtocolSink(options, exchange: HTTPClient())
    }

    private func rows(_ random: inout SeededGenerator, count: Int, revision: Int = 1) -> [SharedAggregate] {
        let series = (0..<3).map { SharedRows.series($0, device: "aq,\($0) =\"é\"") }
        return (0..<count).map { number in
            // Figures of sensors: it keeps fewer digits than a double has.
            let mean = Double(Int.random(in: -100_000...100_000, using: &random)) / 100
            return SharedAggregate(
                SharedRows.gauge(number / 3, mean: mean, count: Int.random(in: 1...90, using: &random)),
                series: series[number % 3], revision: revision)
        }
    }

    private struct Moment: Hashable {
        var name: String
        var device: String
        var milliseconds: Int64
    }

    private func expectStored(
        _ rows: [SharedAggregate], in server: VictoriaMetrics, seed: UInt64
    ) throws {
        let samples = try server.export()
        #expect(samples.allSatisfy { $0.labels["gateway"] == "stadshagen-01" && $0.labels["unit"] == "ug/m3" })
        let stored = Dictionary(grouping: samples) {
            Moment(name: $0.name, device: $0.labels["device"] ?? "", milliseconds: $0.milliseconds)
        }
        var count = 0
        for row in rows {
            func expect(_ name: String, _ number: Double) {
                let moment = Moment(
                    name: "pm2_5_\(name)", device: row.series.device, milliseconds: row.window.start.milliseconds)
                let values = stored[moment]?.map(\.value) ?? []
                #expect(values.count == 1, "\(moment), seed \(seed)")
                // It keeps eleven digits or twelve.
                #expect(values.allSatisfy { abs($0 - number) <= 2e-11 * abs(number) }, "\(moment), seed \(seed)")
                count += 1
            }
            expect("revision", Double(row.revision))
            for field in SharedField.allCases {
                switch row[field] {
                case .number(let number): expect(field.name, number)
                case .integer(let number): expect(field.name, Double(number))
                case .boolean(let isTrue): expect(field.name, isTrue ? 1 : 0)
                case .time(let time): expect(field.name, Double(time.milliseconds))
                case nil: break
                }
            }
        }
        #expect(samples.count == count)
    }

    @Test(
        "has every figure that was sent, by each of its paths, after a restart as well",
        arguments: ["/write", "/api/v2/write"])
    func roundTrip(path: String) throws {
        var random = SeededGenerator.fromEnvironment()
        let server = try VictoriaMetrics()
        let rows = rows(&random, count: 300)
        #expect(try sink(server, path: path).deliver(rows) == .allTaken)
        try expectStored(rows, in: server, seed: random.seed)
        try server.restart()
        try expectStored(rows, in: server, seed: random.seed)
    }

    @Test("has twice what is sent twice, unless it is told to look at times")
    func duplicates() throws {
        var random = SeededGenerator.fromEnvironment()
        let rows = rows(&random, count: 30)
        let keeping = try VictoriaMetrics()
        for _ in 0..<2 { #expect(try sink(keeping).deliver(rows) == .allTaken) }
        let counts = Dictionary(grouping: try keeping.export()) {
            "\($0.name) \($0.labels["device"] ?? "") \($0.milliseconds)"
        }
        #expect(counts.values.allSatisfy { $0.count == 2 })

        let deduplicating = try VictoriaMetrics(["-dedup.minScrapeInterval=1ms"])
        for _ in 0..<2 { #expect(try sink(deduplicating).deliver(rows) == .allTaken) }
        try expectStored(rows, in: deduplicating, seed: random.seed)
    }

    @Test("shows the last revision of every window when corrections lie behind what they correct")
    func corrections() throws {
        var random = SeededGenerator.fromEnvironment()
        let server = try VictoriaMetrics(["-dedup.minScrapeInterval=1s"])
        let sink = try sink(server, correction: .follows)
        let series = (0..<60).map { SharedRows.series($0, device: "aq-\($0)") }
        var means: [String: Double] = [:]
        for revision in 1...3 {
            let rows = series.map { series in
                let mean = Double(Int.random(in: 0...1000, using: &random))
                means[series.device] = mean
                return SharedAggregate(SharedRows.gauge(0, mean: mean), series: series, revision: revision)
            }
            // Sent again, as after a crash.
            for _ in 0..<2 { #expect(try sink.deliver(rows) == .allTaken) }
            let shown = try server.lastValues("pm2_5_mean", at: SharedRows.start + 30_000)
            #expect(try server.export("pm2_5_mean").count == series.count)
            #expect(shown.count == series.count)
            for sample in shown {
                #expect(
                    sample.value == means[sample.labels["device"] ?? ""], "revision \(revision), seed \(random.seed)")
            }
        }
    }

    @Test("says that the path is wrong")
    func wrongPath() throws {
        let server = try VictoriaMetrics()
        let row = SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: 1)
        let failure = try #require(throws: SinkFailure.self) { try sink(server, path: "/nope").deliver([row]) }
        #expect(failure.kind == .misconfigured, "\(failure)")
        #expect(failure.place == "127.0.0.1:\(server.port)")
    }

    @Test("says that it is not reachable while it is stopped, and goes on when it is back on the same port")
    func outage() throws {
        var random = SeededGenerator.fromEnvironment()
        let server = try VictoriaMetrics()
        let sink = try sink(server)
        let rows = rows(&random, count: 30)
        #expect(try sink.deliver(Array(rows[..<10])) == .allTaken)
        server.stop()
        let failure = try #require(throws: SinkFailure.self) { try sink.deliver(Array(rows[10...])) }
        #expect(failure.kind == .unavailable)
        #expect(!failure.mayHaveArrived)
        try server.start()
        #expect(try sink.deliver(Array(rows[10...])) == .allTaken)
        try expectStored(rows, in: server, seed: random.seed)
    }
}
