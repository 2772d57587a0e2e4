import FoundationEssentials
import Glibc
import Storage
import Telemetry
import TestKit
import Testing

@Suite("poort sql")
struct SQLCommandTests {
    @Test("prints rows as a table, as CSV and as NDJSON, sealed readings among them")
    func formats() throws {
        let file = try SealedDatabase()
        let statement =
            "SELECT device, count(*) AS n, max(value) AS highest, NULL AS absent FROM readings GROUP BY device"
        let table = try file.run(["sql", statement])
        #expect(table.ending == .exited(0))
        #expect(
            table.output == """
                device     n  highest  absent
                aq-1     240      5.9
                tr, "1"  240      5.9

                """)
        let csv = try file.run(["sql", statement, "--format", "csv"])
        #expect(csv.output == "device,n,highest,absent\naq-1,240,5.9,\n\"tr, \"\"1\"\"\",240,5.9,\n")
        let lines = try file.run(["sql", statement, "--json"]).output.lines
        struct Row: Decodable, Equatable {
            var device: String
            var n: Int
            var highest: Double
            var absent: Int?
        }
        let rows = try lines.map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
        #expect(rows == [Row(device: "aq-1", n: 240, highest: 5.9), Row(device: "tr, \"1\"", n: 240, highest: 5.9)])
    }

    @Test("takes statements from a file and from standard input, several one behind the other")
    func sources() throws {
        let file = try SealedDatabase()
        let path = file.directory.write("SELECT 1 AS a;\n-- then\nSELECT 2 AS b;", to: "statements.sql")
        let expected = "a\n1\n\nb\n2\n"
        #expect(try file.run(["sql", "--file", path, "--format", "csv"]).output == expected)
        #expect(
            try file.run(["sql", "-", "--format", "csv"], input: "SELECT 1 AS a; SELECT 2 AS b").output == expected)
        #expect(try file.run(["sql", "--format", "csv"], input: "SELECT 1 AS a; SELECT 2 AS b").output == expected)
        let nothing = try file.run(["sql"])
        #expect(nothing.ending == .exited(64) && nothing.errors.contains("no statement"))
        #expect(try file.run(["sql", "--file", "/nowhere"]).ending == .exited(1))
        #expect(try file.run(["sql", "SELECT 1", "--file", path]).ending == .exited(64))
    }

    @Test("says in SQLite's words what is wrong, and where")
    func mistakes() throws {
        let file = try SealedDatabase()
        let wrong = try file.run(["sql", "SELECT device,\n  valeu FROM readings"])
        #expect(wrong.ending == .exited(64) && wrong.output.isEmpty)
        #expect(
            wrong.errors.lines.prefix(4) == [
                "poort: no such column: valeu", "line 2:", "    valeu FROM readings", "    ^",
            ])
        let long = try file.run([
            "sql",
            "SELECT " + String(repeating: "1 + ", count: 100) + "x, " + String(repeating: "2, ", count: 99) + "3",
        ])
        #expect(
            long.errors.lines.allSatisfy { $0.count < 100 } && long.errors.lines[2].hasSuffix("^"), "\(long.errors)")
        let marked = Array(long.errors.lines[1])
        #expect(marked[long.errors.lines[2].count - 1] == "x")
        let refused = try file.run(["sql", "DROP TABLE hot_readings"])
        #expect(refused.ending == .exited(64) && refused.errors.contains("refused: the file is only read"))
        let text = try file.run(["sql", "SELECT * FROM readings WHERE time > '2026-11-23'"])
        #expect(text.ending == .exited(64) && text.errors.contains("ms('2026-11-23T10:00:00Z')") && text.output.isEmpty)
        let away = try ChildProcess(GatewayProcess.executable, ["sql", "SELECT 1", "--database", "/nowhere/poort.db"])
        #expect(away.wait() == .exited(1))
    }

    @Test("fits where COLUMNS says how wide a line is: a table where it can, else a line for each value")
    func widths() throws {
        let file = try SealedDatabase()
        for columns in [80, 120] {
            for statement in [
                "SELECT * FROM about", "SELECT * FROM readings LIMIT 30", "SELECT * FROM devices",
                "SELECT * FROM quarantine",
                "SELECT * FROM aggregates, series LIMIT 1", "SELECT * FROM series", "SELECT * FROM ledger",
            ] {
                let run = try file.run(["sql", statement], columns: columns)
                #expect(run.ending == .exited(0), "\(run.errors)")
                #expect(run.output.lines.allSatisfy { $0.count <= columns && !$0.contains("\u{1B}") }, "\(run.output)")
            }
        }
        let readings = try file.run(["sql", "SELECT * FROM readings WHERE series = 2 LIMIT 2"], columns: 80).output
            .lines
        #expect(
            readings == [
                "series  device   quantity  unit           time  value  flag  tests",
                "     2  tr, \"1\"  speed     km/h  1795428000000      0     1      1",
                "     2  tr, \"1\"  speed     km/h  1795428060000    0.1     1      1",
            ])
        let record = try file.run(["sql", "SELECT * FROM quarantine"], columns: 60).output.lines
        #expect(record[0] == "row 1" && record.contains("payload        x'ff00'"), "\(record)")
        #expect(record.contains { $0.hasPrefix("topic ") && $0.hasSuffix("a/\u{FFFD}[31m") }, "\(record)")
    }

    @Test("aligns long tables part by part, and streams the rest")
    func manyRows() throws {
        let file = try SealedDatabase()
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n"
        let table = try file.run(["sql", numbers]).output.lines
        #expect(table.count == 2500 + 3 + 2 && table.count { $0.trimmingPrefix(while: { $0 == " " }) == "i" } == 3)
        #expect(try file.run(["sql", numbers, "--format", "csv"]).output.lines.count == 2501)
    }

    @Test("ends with a damaged segment's name, or leaves it out and says so")
    func damaged() throws {
        let file = try SealedDatabase()
        file.execute(
            "UPDATE segments SET data = CAST(substr(data, 1, 20) || x'A5' || substr(data, 22) AS BLOB) WHERE id = \(SealedDatabase.firstSegment)"
        )
        let statement = "SELECT count(*) AS n FROM readings"
        let failed = try file.run(["sql", statement])
        #expect(failed.ending == .exited(1) && failed.output.isEmpty)
        #expect(
            failed.errors.contains("segment \(SealedDatabase.firstSegment) (tr, \"1\" speed, 60 readings"),
            "\(failed.errors)")
        #expect(failed.errors.contains("--skip-damaged"))
        let rest = try file.run(["sql", statement, "--skip-damaged", "--format", "csv"])
        #expect(rest.ending == .exited(1) && rest.output == "n\n420\n" && rest.errors.contains("left out: segment"))
        let other = try file.run(["sql", statement + " WHERE device = 'aq-1'", "--format", "csv"])
        #expect(other.ending == .exited(0) && other.output == "n\n240\n")
        let query = try file.run(["query", "--tier", "raw", "--last", "100y"])
        #expect(query.ending == .exited(1) && query.output.lines.count == 420, "\(query.output.lines.count)")
        #expect(query.errors.contains("readings are missing from this: "), "\(query.errors)")
        let whole = try file.run(["query", "--tier", "raw", "--last", "100y", "--device", "aq-1"])
        #expect(whole.ending == .exited(0) && whole.output.lines.count == 240, "\(whole.errors)")
    }

    @Test("is ended by Ctrl-C", .timeLimit(.minutes(1)))
    func interrupted() throws {
        let file = try SealedDatabase()
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let run = try ChildProcess(GatewayProcess.executable, ["sql", endless, "--database", file.path])
        usleep(300_000)
        #expect(run.isRunning)
        run.send(SIGINT)
        #expect(run.wait() == .signalled(SIGINT))
    }
}
