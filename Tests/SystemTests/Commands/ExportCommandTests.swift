import Glibc
import Storage
import Telemetry
import TestKit
import Testing

@Suite("poort export")
struct ExportCommandTests {
    @Test("writes readings by time, sealed or not, as CSV, and as the NDJSON that poort query prints")
    func readings() throws {
        let file = try SealedDatabase()
        let run = try file.run(["export"])
        #expect(run.ending == .exited(0) && run.errors.isEmpty)
        let lines = run.output.lines
        #expect(lines.count == 481)
        #expect(lines[0].hasPrefix("device,quantity,time,value,unit,flag,gross_range,spike,"))
        #expect(lines[1] == "aq-1,pm2_5,2026-11-23T10:00:00.000Z,0,ug/m3,1,1,,,,,,,,")
        #expect(lines[16] == "\"tr, \"\"1\"\"\",speed,2026-11-23T10:07:00.000Z,0.7,km/h,3,1,3,,,,,,,")
        let times = lines.dropFirst().map { line in line.split(separator: ",").first { $0.hasPrefix("2026-") } ?? "" }
        #expect(times == times.sorted())
        let filtered = try file.run([
            "export", "--format", "ndjson", "--device", "aq-1", "--quantity", "pm2_5", "--from", "2026-11-23T13:00:00Z",
            "--to", "2026-11-23T13:30:00Z",
        ]).output
        let queried = try file.run([
            "query", "--device", "aq-1", "--from", "2026-11-23T13:00:00Z", "--to", "2026-11-23T13:30:00Z",
        ]).output
        #expect(filtered == queried && filtered.lines.count == 30)
        #expect(try file.run(["export", "--json", "--quantity", "speed"]).output.lines.count == 240)
        #expect(try file.run(["export", "--device", "nobody"]).ending == .exited(1))
        #expect(try file.run(["export", "--quantity", "no2"]).ending == .exited(1))
        #expect(try file.run(["export", "--tier", "2h"]).ending == .exited(64))
    }

    @Test("writes aggregates of a tier, with the names and figures of poort query")
    func aggregates() throws {
        let file = try SealedDatabase()
        do {
            let store = try Store(path: file.path)
            for hour in 0..<Int64(3) {
                var aggregate = Aggregate(
                    window: Window(.hour, holding: SealedDatabase.start + hour * 3_600_000, days: .utc), count: 60,
                    suspectCount: 1, expected: 60)
                aggregate.statistics = .init(
                    mean: 2.5, squaredDeviations: 60, minimum: 0, maximum: 5.9, first: 0,
                    firstTime: SealedDatabase.start, last: 5.9, lastTime: SealedDatabase.start)
                for series in [SeriesID(1), 2] { _ = try store.write(aggregate, series: series) }
            }
            try store.commit()
        }
        let lines = try file.run(["export", "--tier", "1h", "--device", "aq-1"]).output.lines
        #expect(lines.count == 4)
        let row = zip(lines[0].split(separator: ","), lines[1].split(separator: ",", omittingEmptySubsequences: false))
        let cells = Dictionary(uniqueKeysWithValues: row.map { (String($0), String($1)) })
        #expect(cells["start"] == "2026-11-23T10:00:00.000Z" && cells["mean"] == "2.5" && cells["stddev"] == "1")
        #expect(cells["valid"] == "true" && cells["suspect"] == "1" && cells["p50"] == "" && cells["unit"] == "ug/m3")
        let exported = try file.run(["export", "--tier", "1h", "--json"]).output
        #expect(try exported == file.run(["query", "--tier", "1h"]).output && exported.lines.count == 6)
    }

    @Test("gives a file its name once it is complete, and leaves nothing behind otherwise")
    func files() throws {
        let file = try SealedDatabase()
        let target = file.directory.write("before", to: "out.csv")
        let expected = try file.run(["export"]).output
        let run = try file.run(["export", "--output", target])
        #expect(run.ending == .exited(0) && run.output.isEmpty && run.errors.isEmpty)
        #expect(TemporaryDirectory.read(target) == expected)

        file.directory.write("before", to: "out.csv")
        file.execute("UPDATE segments SET count = 7 WHERE id = \(SealedDatabase.firstSegment)")
        let failed = try file.run(["export", "--output", target])
        #expect(
            failed.ending == .exited(1) && failed.errors.contains("segment \(SealedDatabase.firstSegment)"),
            "\(failed.errors)")
        #expect(TemporaryDirectory.read(target) == "before")
        let rest = try file.run(["export", "--output", target, "--skip-damaged"])
        #expect(rest.ending == .exited(1) && rest.errors.contains("left out"))
        #expect(TemporaryDirectory.read(target)?.lines.count == 421)
        #expect(try file.run(["export", "--output", "/nowhere/out.csv"]).ending == .exited(74))
        #expect(try file.run(["export", "--output", "/dev/full", "--device", "aq-1"]).ending == .exited(74))
        #expect(access("/dev/full", W_OK) == 0)
        #expect(!left(in: file.directory.path).contains { $0.hasSuffix(".part") })
    }

    private func left(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}
