import Forwarding
import HTTP
import Secrets
import Telemetry
import TestKit
import Testing

@Suite("LineProtocolSink and InfluxDB", .timeLimit(.minutes(2)))
struct InfluxDBTests {
    private func sink(
        _ server: InfluxDB, url: String? = nil, authorization: HTTPAuthorization? = nil
    ) throws -> LineProtocolSink {
        var options = LineProtocolOptions(url: url ?? server.writeURL)
        options.authorization = authorization ?? server.authorization
        return try LineProtocolSink(options, exchange: HTTPClient())
    }

    /// Windows of three gauges, with figures of all lengths.
    private func rows(_ random: inout SeededGenerator, count: Int, revision: Int = 1) -> [SharedAggregate] {
        let series = (0..<3).map { SharedRows.series($0, device: "aq,\($0) =\"é\"\\x") }
        return (0..<count).map { number in
            let mean = number % 4 == 0 ? Double(number) : Double.random(in: -1e6...1e6, using: &random)
            return SharedAggregate(
                SharedRows.gauge(number / 3, mean: mean, count: Int.random(in: 1...90, using: &random)),
                series: series[number % 3], revision: revision)
        }
    }

    private func expectStored(_ rows: [SharedAggregate], in server: InfluxDB, seed: UInt64) throws {
        let stored = try server.query("SELECT * FROM pm2_5")
        #expect(stored.count == rows.count)
        let byKey = Dictionary(uniqueKeysWithValues: stored.map { ("\($0["device"] ?? "") \($0["time"] ?? "")", $0) })
        for row in rows {
            let cells = try #require(byKey["\(row.series.device) \(row.window.start.milliseconds)"], "seed \(seed)")
            #expect(cells["gateway"] == "stadshagen-01")
            #expect(cells["tier"] == "15m")
            #expect(cells["unit"] == "ug/m3")
            #expect(cells["revision"] == "\(row.revision)")
            for field in SharedField.allCases {
                switch row[field] {
                case .number(let number): #expect(cells[field.name].flatMap { Double($0) } == number, "seed \(seed)")
                case .integer(let number): #expect(cells[field.name] == "\(number)")
                case .boolean(let isTrue): #expect(cells[field.name] == "\(isTrue)")
                case .time(let time): #expect(cells[field.name] == "\(time.milliseconds)")
                case nil: #expect(cells[field.name] == nil)
                }
            }
        }
    }

    @Test("has every figure that was sent, once, in its last revision, after a restart as well")
    func roundTrip() throws {
        var random = SeededGenerator.fromEnvironment()
        let server = try InfluxDB()
        let sink = try sink(server)
        let first = rows(&random, count: 300)
        #expect(try sink.deliver(first) == .allTaken)
        #expect(try sink.deliver(first) == .allTaken)
        try expectStored(first, in: server, seed: random.seed)
        let corrected = rows(&random, count: 150, revision: 2)
        #expect(try sink.deliver(corrected) == .allTaken)
        let last = corrected + first.dropFirst(150)
        try expectStored(last, in: server, seed: random.seed)
        try server.restart()
        try expectStored(last, in: server, seed: random.seed)
        // The kept connection is gone with the server; the first attempt may find that out.
        let more = rows(&random, count: 300, revision: 3)
        do { _ = try sink.deliver(more) } catch { _ = try sink.deliver(more) }
        try expectStored(more, in: server, seed: random.seed)
        server.kill()
        try server.start()
        try expectStored(more, in: server, seed: random.seed)
    }

    @Test("asks for a password, and says what to look at where it is missing or wrong")
    func credentials() throws {
        let server = try InfluxDB(password: "geheim")
        var random = SeededGenerator.fromEnvironment()
        let rows = rows(&random, count: 3)
        #expect(try sink(server).deliver(rows) == .allTaken)
        try expectStored(rows, in: server, seed: random.seed)
        for (authorization, hint) in [
            (HTTPAuthorization.none, "set token_file"),
            (.basic(username: "poort", password: Secret("falsch")), "password_file"),
            (.bearer(Secret("falsch")), "token_file"),
        ] {
            let failure = try #require(throws: SinkFailure.self) {
                try sink(server, authorization: authorization).deliver(rows)
            }
            #expect(failure.kind == .misconfigured)
            #expect(failure.hint.contains(hint), "\(failure)")
            #expect(!failure.description.contains("falsch"))
        }
    }

    @Test("says what is wrong with a url, and sets no row aside for it")
    func wrongURL() throws {
        let server = try InfluxDB()
        let row = SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: 1)
        for (path, hint) in [
            ("/write", "db="), ("/write?db=nope", "what it names"), ("/write?db=poort&rp=nope", "rp="),
            ("/nope", "path"),
        ] {
            let failure = try #require(throws: SinkFailure.self) {
                try sink(server, url: server.url + path).deliver([row])
            }
            #expect(failure.kind == .misconfigured, "\(path): \(failure)")
            #expect(failure.hint.contains(hint), "\(path): \(failure)")
        }
    }

    @Test("refuses a lot that holds one row of another type, and takes the others all the same")
    func typeConflict() throws {
        let server = try InfluxDB()
        try LocalHTTP.send(HTTPRequest(.post, server.writeURL, body: Array("other mean=\"text\" 1\n".utf8)))
        let good = SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: 1)
        // In InfluxDB 1 a field has one type in each shard, which holds a week.
        try LocalHTTP.send(
            HTTPRequest(
                .post, server.writeURL, body: Array("other mean=\"text\" \(SharedRows.start.milliseconds)000000\n".utf8)
            ))
        let bad = SharedAggregate(
            SharedRows.gauge(), series: SharedRows.series(quantity: "other"), revision: 1)
        let failure = try #require(throws: SinkFailure.self) { try sink(server).deliver([good, bad]) }
        #expect(failure.kind == .refused)
        #expect(failure.mayHaveArrived)
        #expect(failure.cause.contains("field type conflict"))
        #expect(try server.query("SELECT * FROM pm2_5").count == 1)
        let alone = try sink(server).deliver([bad])
        guard case .refused(let words) = alone.outcomes.first else {
            Issue.record("\(alone)")
            return
        }
        #expect(words.contains("field type conflict"))
        #expect(try sink(server).deliver([good]) == .allTaken)
    }

    @Test("refuses all rows at once that are older than the server keeps, and sets none aside that it has taken")
    func beyondRetention() throws {
        let server = try InfluxDB()
        try server.command("CREATE RETENTION POLICY short ON poort DURATION 1h REPLICATION 1")
        let old = (-90_000 ..< -89_990).map {
            SharedAggregate(SharedRows.gauge($0), series: SharedRows.series(), revision: 1)
        }
        let sink = try sink(server, url: server.writeURL + "&rp=short")
        let delivery = try sink.deliver(old)
        #expect(delivery.outcomes.count == old.count)
        #expect(
            delivery.outcomes.allSatisfy { outcome in
                guard case .refused(let words) = outcome else { return false }
                return words.contains("points beyond retention policy")
            })
        let recent = Window(tier: .minute, start: Timestamp.now() - 60_000, end: Timestamp.now())
        let new = SharedAggregate(Aggregate(window: recent, count: 1), series: SharedRows.series(), revision: 1)
        let failure = try #require(throws: SinkFailure.self) { try sink.deliver(old + [new]) }
        #expect(failure.kind == .refused)
        #expect(try sink.deliver([new]) == .allTaken)
        #expect(try server.query("SELECT * FROM short.pm2_5").count == 1)
    }
}
