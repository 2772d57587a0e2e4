import Forwarding
import Glibc
import Secrets
import Telemetry
import TestKit
import Testing

@Suite("PostgreSQLSink", .timeLimit(.minutes(3)))
struct PostgreSQLSinkTests {
    private func options(_ server: PostgreSQL) -> PostgreSQLOptions {
        var options = PostgreSQLOptions(host: "127.0.0.1", database: PostgreSQL.database, user: PostgreSQL.user)
        options.port = server.port
        options.password = Secret("geheim")
        return options
    }

    private func failure(_ sink: PostgreSQLSink, _ rows: [SharedAggregate]) -> SinkFailure? {
        do throws(SinkFailure) {
            _ = try sink.deliver(rows)
            return nil
        } catch {
            return error
        }
    }

    @Test("makes the table, writes rows that read back figure by figure, and takes them twice without doubling them")
    func roundTrip() throws {
        let server = try PostgreSQL()
        let sink = try PostgreSQLSink(options(server))
        sink.resume(at: nil)
        #expect(sink.traits.isIdempotent)
        let rows = (0..<5).map { PartnerRows.row(PartnerRows.series(), $0, mean: 10.1 + Double($0) / 3) }
        #expect(try sink.deliver(rows) == .allTaken)
        #expect(try sink.deliver(rows) == .allTaken)
        let read = try server.rows(
            """
            SELECT gateway, device, quantity, unit, tier, "start", "end", device_type, neighbourhood, site, latitude,
            longitude, revision, count, suspect, fail, expected, coverage, valid, mean, min, max, min_time, stddev, p95,
            increase FROM aggregates ORDER BY "start"
            """)
        try #require(read.count == 5)
        for (row, columns) in zip(rows, read) {
            let minute = String(row.window.start.description.dropFirst(14).prefix(2))
            #expect(columns[0...4] == ["stadshagen-01", "aq-0001", "pm2_5", "ug/m3", "15m"])
            #expect(columns[5]?.contains(":\(minute):00+00") == true)
            #expect(columns[7...9] == ["air_quality", "Stadshagen", nil])
            #expect(columns[10...16] == ["52.5305", "6.0595", "1", "90", "2", "0", "92"])
            #expect(columns[17].flatMap { Double($0) } == 90.0 / 92)
            #expect(columns[18] == "t")
            #expect(columns[19].flatMap { Double($0) } == row.mainFigure)
            #expect(columns[20].flatMap { Double($0).map { SharedField.Value.number($0) } } == row[.minimum])
            #expect(columns[21].flatMap { Double($0).map { SharedField.Value.number($0) } } == row[.maximum])
            #expect(columns[22]?.hasSuffix(":00.001+00") == true)
            #expect(columns[23] == "1")
            #expect(columns[24].flatMap { Double($0).map { SharedField.Value.number($0) } } == row[.p95])
            #expect(columns[25] == nil)
        }
    }

    @Test("any names and numbers read back as they were")
    func anyFigures() throws {
        let server = try PostgreSQL()
        var options = options(server)
        options.host = server.socketDirectory
        options.user = "postgres"
        let sink = try PostgreSQLSink(options)
        var random = SeededGenerator.fromEnvironment()
        let rows = (0..<200).map { PartnerRows.random($0, using: &random) }
        _ = try sink.deliver(rows)
        let read = try server.rows(
            """
            SELECT device, device_type, neighbourhood, site, longitude, revision, count, mean, stddev, sum, increase,
            increase_since IS NULL FROM aggregates ORDER BY "start"
            """)
        try #require(read.count == rows.count, "seed \(random.seed)")
        for (row, columns) in zip(rows, read) {
            func number(_ field: SharedField) -> Double? {
                if case .number(let number) = row[field] { return number }
                return nil
            }
            let series = row.series
            #expect(columns[0] == series.device, "seed \(random.seed)")
            #expect(columns[1] ?? "" == series.deviceType, "seed \(random.seed)")
            #expect(columns[2] ?? "" == series.neighbourhood, "seed \(random.seed)")
            #expect(columns[3] ?? "" == series.site, "seed \(random.seed)")
            #expect(columns[4].flatMap { Double($0) } == series.location?.longitude, "seed \(random.seed)")
            #expect(columns[5] == "\(row.revision)", "seed \(random.seed)")
            #expect(columns[7].flatMap { Double($0) } == number(.mean), "seed \(random.seed)")
            #expect(columns[8].flatMap { Double($0) } == number(.standardDeviation), "seed \(random.seed)")
            #expect(columns[9].flatMap { Double($0) } == number(.sum), "seed \(random.seed)")
            #expect(columns[10].flatMap { Double($0) } == number(.increase), "seed \(random.seed)")
            #expect(columns[11] == (row[.increaseSince] == nil ? "t" : "f"), "seed \(random.seed)")
        }
    }

    @Test("a newer revision takes the place of an older one, never the other way round; what it lacks becomes NULL")
    func revisions() throws {
        let server = try PostgreSQL()
        let sink = try PostgreSQLSink(options(server))
        let series = PartnerRows.series()
        func state() throws -> [[String?]] {
            try server.rows("SELECT revision, mean, fail FROM aggregates ORDER BY \"start\"")
        }
        _ = try sink.deliver([
            PartnerRows.row(series, mean: 1), PartnerRows.row(series, mean: 2, revision: 2),
            PartnerRows.row(series, 1, mean: 7),
        ])
        #expect(try state() == [["2", "2", "0"], ["1", "7", "0"]])
        _ = try sink.deliver([PartnerRows.row(series, mean: 1)])
        #expect(try state() == [["2", "2", "0"], ["1", "7", "0"]])
        _ = try sink.deliver([PartnerRows.emptyRow(series, revision: 3)])
        #expect(try state() == [["3", nil, "3"], ["1", "7", "0"]])
    }

    @Test("what a rule of the table refuses is refused whole, in the server's words, and the rest is taken")
    func refusal() throws {
        let server = try PostgreSQL()
        let sink = try PostgreSQLSink(options(server))
        let series = PartnerRows.series()
        _ = try sink.deliver([PartnerRows.row(series)])
        try server.execute("ALTER TABLE aggregates ADD CONSTRAINT plausible CHECK (mean < 100)")
        let bad = failure(sink, [PartnerRows.row(series, 1), PartnerRows.row(series, 2, mean: 200)])
        #expect(bad?.kind == .refused)
        #expect(bad?.cause.contains("plausible") == true)
        #expect(bad?.mayHaveArrived == false)
        #expect(try server.rows("SELECT 1 FROM aggregates").count == 1)
        #expect(try sink.deliver([PartnerRows.row(series, 1)]) == .allTaken)
        #expect(try server.rows("SELECT 1 FROM aggregates").count == 2)
        // A name with NUL in it is no text of PostgreSQL's.
        #expect(failure(sink, [PartnerRows.row(PartnerRows.series("a\0b"))])?.kind == .refused)
    }

    @Test("an error of the server is its own, somebody's, or the row's, by its SQLSTATE")
    func states() throws {
        let server = try PostgreSQL()
        let sink = try PostgreSQLSink(options(server))
        let row = PartnerRows.row(PartnerRows.series())
        _ = try sink.deliver([row])
        let kinds: [(String, SinkFailure.Kind)] = [
            ("40001", .unavailable), ("53100", .unavailable), ("55P03", .unavailable), ("57014", .unavailable),
            ("58030", .unavailable), ("25006", .unavailable), ("XX000", .unavailable), ("42501", .misconfigured),
            ("42P01", .misconfigured), ("42703", .misconfigured), ("3D000", .misconfigured), ("22003", .refused),
            ("23514", .refused), ("23502", .refused), ("P0001", .refused), ("44000", .refused), ("54000", .tooLarge),
        ]
        for (state, kind) in kinds {
            try server.execute(
                """
                CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION ''no good'' USING ERRCODE = ''\(state)''; END';
                CREATE OR REPLACE TRIGGER failing BEFORE INSERT ON aggregates FOR EACH ROW EXECUTE FUNCTION fail()
                """)
            let failed = failure(sink, [row])
            #expect(failed?.kind == kind, "\(state)")
            #expect(failed?.cause == "no good [\(state)]")
            #expect(failed?.mayHaveArrived == false)
        }
    }

    @Test("goes on after the server was away")
    func restart() throws {
        let server = try PostgreSQL()
        let sink = try PostgreSQLSink(options(server))
        let series = PartnerRows.series()
        _ = try sink.deliver([PartnerRows.row(series)])
        try server.restart()
        // The old connection is dead, which shows before anything is sent.
        #expect(try sink.deliver([PartnerRows.row(series, 1)]) == .allTaken)
        server.stop()
        let away = failure(sink, [PartnerRows.row(series, 2)])
        #expect(away?.kind == .unavailable)
        #expect(away?.mayHaveArrived == false)
        #expect(away?.cause.contains("refused") == true)
        try server.start()
        #expect(try sink.deliver([PartnerRows.row(series, 2)]) == .allTaken)
        #expect(try server.rows("SELECT 1 FROM aggregates").count == 3)
    }

    @Test("a server that is killed while it writes may have taken it, and takes it again without doubling it")
    func killed() async throws {
        let server = try PostgreSQL()
        let sink = try PostgreSQLSink(options(server))
        let series = PartnerRows.series()
        _ = try sink.deliver([PartnerRows.row(series)])
        try server.execute(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
            CREATE TRIGGER slow BEFORE INSERT ON aggregates FOR EACH ROW EXECUTE FUNCTION wait()
            """)
        let killing = Task.detached {
            _ = try await eventually {
                try server.rows("SELECT 1 FROM pg_stat_activity WHERE application_name = 'poort' AND state = 'active'")
                    .count == 1
            }
            server.kill()
        }
        let cut = failure(sink, [PartnerRows.row(series, 1)])
        try await killing.value
        #expect(cut?.kind == .unavailable)
        #expect(cut?.mayHaveArrived == true)
        try server.start()
        try server.execute("DROP TRIGGER slow ON aggregates")
        #expect(try sink.deliver([PartnerRows.row(series), PartnerRows.row(series, 1)]) == .allTaken)
        #expect(try server.rows("SELECT 1 FROM aggregates").count == 2)
    }

    @Test("says what is to be done about a wrong password, database, right, table or column")
    func misconfigured() throws {
        let server = try PostgreSQL()
        let row = PartnerRows.row(PartnerRows.series())
        func complaint(_ change: (inout PostgreSQLOptions) -> Void) throws -> SinkFailure {
            var changed = options(server)
            change(&changed)
            return try #require(failure(try PostgreSQLSink(changed), [row]))
        }
        let password = try complaint { $0.password = Secret("falsch") }
        #expect(password.kind == .misconfigured)
        #expect(password.hint.contains("password_file"))
        #expect(!password.description.contains("falsch"))
        #expect(try complaint { $0.password = nil }.kind == .misconfigured)
        let database = try complaint { $0.database = "nowhere" }
        #expect(database.kind == .misconfigured)
        #expect(database.cause.contains("nowhere"))

        let absent = try complaint { $0.createsTable = false }
        #expect(absent.kind == .misconfigured)
        #expect(absent.hint.contains("CREATE TABLE IF NOT EXISTS \"aggregates\""))
        #expect(try complaint { $0.table = "nowhere.aggregates" }.kind == .misconfigured)

        try server.execute("CREATE TABLE foreign_table (gateway text)")
        #expect(try complaint { $0.table = "foreign_table" }.hint.contains("ADD COLUMN \"device\" text"))
        // What the hint says is what helps.
        let hint = try complaint { $0.table = "foreign_table" }.hint
        try server.execute(String(hint[try #require(hint.range(of: "ALTER")).lowerBound...]))
        #expect(try complaint { $0.table = "foreign_table" }.hint.contains("PRIMARY KEY"))
        try server.execute(
            "ALTER TABLE foreign_table ADD PRIMARY KEY (gateway, device, quantity, unit, tier, \"start\")")
        let forbidden = try complaint { $0.table = "foreign_table" }
        #expect(forbidden.kind == .misconfigured)
        #expect(forbidden.hint.contains("grant"))
        try server.execute("GRANT ALL ON foreign_table TO poort")
        var granted = options(server)
        granted.table = "foreign_table"
        #expect(try PostgreSQLSink(granted).deliver([row]) == .allTaken)
        for name in ["a\"; DROP TABLE x; --", "", "a.b.c", "1a", "a b"] {
            #expect(throws: SinkFailure.self, "\(name)") {
                var misnamed = options(server)
                misnamed.table = name
                _ = try PostgreSQLSink(misnamed)
            }
        }
    }

    @Test("waits no longer than it may for a server that hangs, nor after it was told to end")
    func hanging() async throws {
        let server = try PostgreSQL()
        var options = options(server)
        options.connectMilliseconds = 300
        options.deliveryMilliseconds = 300
        let impatient = try PostgreSQLSink(options)
        let row = PartnerRows.row(PartnerRows.series())
        _ = try impatient.deliver([row])
        server.send(SIGSTOP)
        let written = failure(impatient, [row])
        #expect(written?.kind == .unavailable)
        #expect(written?.mayHaveArrived == true)
        let connected = failure(impatient, [row])
        #expect(connected?.kind == .unavailable)
        #expect(connected?.mayHaveArrived == false)

        // With all the time in the world it is the cancellation that ends it, for good.
        options.connectMilliseconds = 600_000
        options.deliveryMilliseconds = 600_000
        var patient = try PostgreSQLSink(options)
        patient.cancellation.cancel(afterMilliseconds: 100)
        #expect(failure(patient, [row])?.cause == "ended on request")
        #expect(failure(patient, [row])?.cause == "ended on request")
        server.send(SIGCONT)
        #expect(failure(patient, [row])?.cause == "ended on request")
        patient = try PostgreSQLSink(options)
        #expect(try patient.deliver([row]) == .allTaken)
        server.send(SIGSTOP)
        patient.cancellation.cancel(afterMilliseconds: 100)
        let cancelled = failure(patient, [row])
        #expect(cancelled?.cause == "ended on request")
        #expect(cancelled?.mayHaveArrived == true)
        server.send(SIGCONT)
    }

    @Test("gateways that begin at the same moment make one table, and write into it beside each other")
    func concurrent() async throws {
        let server = try PostgreSQL()
        let options = options(server)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask {
                    guard let sink = try? PostgreSQLSink(options) else { return false }
                    let series = PartnerRows.series(gateway: "gw-\(number)")
                    return (0..<5).allSatisfy { (try? sink.deliver([PartnerRows.row(series, $0)])) == .allTaken }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: true, count: 6))
        #expect(try server.rows("SELECT count(*), count(DISTINCT gateway) FROM aggregates") == [["30", "6"]])
    }

    @Test("speaks TLS, and to nobody whose certificate is of another authority")
    func encrypted() throws {
        var serverOptions = PostgreSQL.Options()
        let certificates = try Certificates()
        serverOptions.certificates = certificates
        let server = try PostgreSQL(serverOptions)
        var options = options(server)
        options.host = "localhost"
        options.encryption = .verifyFull
        options.caFile = certificates.caFile
        let row = PartnerRows.row(PartnerRows.series())
        let sink = try PostgreSQLSink(options)
        #expect(try sink.deliver([row]) == .allTaken)
        #expect(
            try server.rows(
                "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'poort'")
                == [["t"]])
        let other = try Certificates()
        options.caFile = other.caFile
        let foreign = failure(try PostgreSQLSink(options), [row])
        #expect(foreign?.kind == .misconfigured)
        #expect(foreign?.cause.contains("verify failed") == true, "\(foreign?.description ?? "")")
        #expect(foreign?.hint.contains("ca_file") == true)
        // Encrypted, but whoever it is.
        options.encryption = .require
        options.caFile = nil
        #expect(try PostgreSQLSink(options).deliver([row]) == .allTaken)
    }

    @Test("shows what it would send, without the password")
    func preview() throws {
        var options = PostgreSQLOptions(host: "db.example.org", database: "city", user: "poort")
        options.password = Secret("geheim")
        options.table = "street.figures"
        let shown = try PostgreSQLSink(options).preview([PartnerRows.row(PartnerRows.series())])
        #expect(shown.contains("INSERT INTO \"street\".\"figures\""))
        #expect(shown.contains("stadshagen-01/aq-0001"))
        #expect(!shown.contains("geheim"))
        #expect(options.standardEncryption == .verifyFull)
    }

    @Test("reads a URL, and none with a password in it")
    func url() throws {
        let options = try #require(PostgreSQLOptions(url: "postgresql://po%40ort@[2001:db8::1]:5433/city"))
        #expect(options.user == "po@ort")
        #expect(options.host == "2001:db8::1")
        #expect(options.port == 5433)
        #expect(options.database == "city")
        #expect(PostgreSQLOptions(url: "postgresql://poort@db.example.org/city")?.port == 5432)
        for url in [
            "postgresql://a:b@host/c", "http://a@b/c", "postgresql://a@b", "postgresql://a@b/", "postgresql://b/c",
        ] {
            #expect(PostgreSQLOptions(url: url) == nil, "\(url)")
        }
    }
}
