import Forwarding
import Glibc
import Telemetry
import TestKit
import Testing

@Suite("FileSink", .timeLimit(.minutes(2)))
struct FileSinkTests {
    private func options(_ directory: String) -> FileOptions { FileOptions(directory: directory, name: "street") }

    private func failure(_ sink: FileSink, _ rows: [SharedAggregate]) -> SinkFailure? {
        do throws(SinkFailure) {
            _ = try sink.deliver(rows)
            return nil
        } catch {
            return error
        }
    }

    private func files(_ directory: String) -> [String] {
        TemporaryDirectory.names(in: directory).filter { !$0.hasPrefix(".") }.sorted()
    }

    private func lines(_ directory: String) -> [String] {
        files(directory).flatMap { name in
            (TemporaryDirectory.read("\(directory)/\(name)") ?? "").split(separator: "\n").map(String.init)
        }
    }

    private func row(_ number: Int) -> SharedAggregate { PartnerRows.row(PartnerRows.series(), number) }

    @Test("writes one object a line, into a file that is named after its first window")
    func lines() throws {
        let directory = TemporaryDirectory()
        let sink = try FileSink(options(directory.path))
        try sink.resume(at: nil)
        let first = try sink.deliver([row(0), row(1)])
        #expect(first.outcomes.isEmpty)
        #expect(files(directory.path) == ["street-20261123T100000Z.ndjson"])
        _ = try sink.deliver([row(2)])
        #expect(lines(directory.path) == (0...2).map { AggregateJSON.text(row($0)) })
        // Behind it only what is hidden, and not for long.
        _ = try sink.deliver([row(3)])
        #expect(TemporaryDirectory.names(in: directory.path).count == 1)
    }

    @Test("begins another file where figures or format are others than of the one that it was writing")
    func reconfigured() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path)
        options.format = .csv
        options.fields = SharedFields([.count, .mean])
        let first = try FileSink(options)
        try first.resume(at: nil)
        let before = try first.deliver([row(0), row(1)])
        // The same again goes on.
        let same = try FileSink(options)
        try same.resume(at: before.bookmark)
        let going = try same.deliver([row(2)])
        #expect(files(directory.path).count == 1)
        options.fields = SharedFields([.count, .last])
        let others = try FileSink(options)
        try others.resume(at: going.bookmark)
        let changed = try others.deliver([row(3)])
        options.format = .lines
        let lines = try FileSink(options)
        try lines.resume(at: changed.bookmark)
        _ = try lines.deliver([row(4)])
        let names = files(directory.path)
        #expect(names.map { $0.split(separator: ".").last } == ["csv", "csv", "ndjson"], "\(names)")
        let texts = names.map { TemporaryDirectory.read(directory.file($0)) ?? "" }
        #expect(texts[0].contains("count,mean\r\n") && texts[0].split(separator: "\r\n").count == 4)
        #expect(texts[1].contains("count,last\r\n") && texts[1].split(separator: "\r\n").count == 2)
        #expect(texts[2] == AggregateJSON.text(row(4)) + "\n")
    }

    @Test("writes CSV with a fixed order of columns")
    func commaSeparated() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path)
        options.format = .csv
        options.fields = SharedFields([.count, .mean, .valid, .maximumTime])
        let sink = try FileSink(options)
        let series = SharedSeries(
            id: 1, gateway: "g", device: "bin \"7\", north", deviceType: "waste", quantity: "q", unit: "%",
            kind: .gauge,
            site: "a\nb")
        _ = try sink.deliver([PartnerRows.row(series, mean: 0.5), PartnerRows.emptyRow(series, 1)])
        let text = TemporaryDirectory.read(directory.file("street-20261123T100000Z.csv"))
        let key = "\"g/bin \"\"7\"\", north/q/%/15m/2026-11-23T10"
        #expect(
            text
                == "key,gateway,device,type,neighbourhood,site,lat,lon,quantity,unit,tier,start,end,revision,"
                + "count,valid,mean,max_time\r\n"
                + key + ":00:00.000Z\",g,\"bin \"\"7\"\", north\",waste,,\"a\nb\",,,q,%,15m,2026-11-23T10:00:00.000Z,"
                + "2026-11-23T10:15:00.000Z,1,90,true,0.5,2026-11-23T10:02:00.999Z\r\n"
                + key + ":15:00.000Z\",g,\"bin \"\"7\"\", north\",waste,,\"a\nb\",,,q,%,15m,2026-11-23T10:15:00.000Z,"
                + "2026-11-23T10:30:00.000Z,1,0,false,,\r\n")
    }

    @Test("begins another file with a day, and before one grows too large; names sort in the order of writing")
    func rotation() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path)
        options.mostFileBytes = 1500
        let sink = try FileSink(options)
        // 56 quarters until midnight; then a late one of the day before, which begins no file.
        _ = try sink.deliver([row(54), row(55), row(56), row(3), row(57), row(58)])
        let names = files(directory.path)
        #expect(
            names == [
                "street-20261123T233000Z.ndjson", "street-20261124T000000Z.ndjson", "street-20261124T001500Z.ndjson",
            ])
        for name in names {
            #expect(try #require(TemporaryDirectory.bytes(of: directory.file(name))).count <= 1500)
        }
        #expect(lines(directory.path) == [54, 55, 56, 3, 57, 58].map { AggregateJSON.text(row($0)) })
        // A file whose first window is older than the last file sorts behind it all the same.
        _ = try sink.deliver([row(4)])
        #expect(files(directory.path).last == "street-20261124T001501Z.ndjson")
    }

    @Test("what was written and not recorded is cut off when it resumes, and so is half a line")
    func resumption() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path)
        options.mostFileBytes = 1500
        let sink = try FileSink(options)
        try sink.resume(at: nil)
        _ = try sink.deliver([row(0)])
        // The store has recorded nothing of it.
        try sink.resume(at: nil)
        #expect(files(directory.path).isEmpty)
        let first = try sink.deliver([row(0)])
        _ = try sink.deliver([row(1), row(2), row(3), row(4)])
        #expect(files(directory.path).count > 1)

        let next = try FileSink(options)
        try next.resume(at: first.bookmark)
        #expect(lines(directory.path) == [AggregateJSON.text(row(0))])
        let descriptor = open(directory.file("street-20261123T100000Z.ndjson"), O_WRONLY | O_APPEND)
        _ = write(descriptor, "{\"key\":", 7)
        close(descriptor)
        try next.resume(at: first.bookmark)
        #expect(lines(directory.path) == [AggregateJSON.text(row(0))])
        _ = try next.deliver([row(1)])
        #expect(lines(directory.path) == [0, 1].map { AggregateJSON.text(row($0)) })
    }

    @Test("deletes nothing of another database's, which begins without a bookmark")
    func anotherLife() throws {
        let directory = TemporaryDirectory()
        let first = try FileSink(options(directory.path))
        try first.resume(at: nil)
        _ = try first.deliver([row(20)])
        _ = try first.deliver([row(21)])
        let second = try FileSink(options(directory.path))
        try second.resume(at: nil)
        _ = try second.deliver([row(0)])
        #expect(files(directory.path) == ["street-20261123T150000Z.ndjson", "street-20261123T150001Z.ndjson"])
        #expect(lines(directory.path) == [20, 21, 0].map { AggregateJSON.text(row($0)) })
    }

    @Test("stops where the files have as many bytes as they may; deletes the oldest only where that is asked for")
    func limits() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path)
        options.mostFileBytes = 700
        options.mostTotalBytes = 2000
        let stopping = try FileSink(options)
        for number in 0..<3 { _ = try stopping.deliver([row(number)]) }
        let full = failure(stopping, [row(3)])
        #expect(full?.kind == .unavailable)
        #expect(full?.cause.contains("2000") == true)
        #expect(lines(directory.path) == (0..<3).map { AggregateJSON.text(row($0)) })
        unlink(directory.file(files(directory.path)[0]))
        _ = try stopping.deliver([row(3)])
        #expect(lines(directory.path) == (1...3).map { AggregateJSON.text(row($0)) })

        options.mostTotalBytes = nil
        options.keptFiles = 2
        let keeping = try FileSink(options)
        try keeping.resume(at: nil)
        for number in 4..<9 { _ = try keeping.deliver([row(number)]) }
        // The oldest go once what came after them is recorded.
        #expect(lines(directory.path) == (6..<9).map { AggregateJSON.text(row($0)) })
    }

    @Test("a full disk keeps what was written before, and nothing of what was not", .enabled(if: SmallDisk.isPossible))
    func fullDisk() throws {
        let disk = try SmallDisk(megabytes: 1)
        let sink = try FileSink(options(disk.path))
        try sink.resume(at: nil)
        _ = try sink.deliver([row(0)])
        disk.fill()
        let many = (1..<40).map { row($0) }
        let full = failure(sink, many)
        #expect(full?.kind == .unavailable)
        #expect(full?.hint.contains("full") == true)
        #expect(lines(disk.path).filter { $0.hasPrefix("{") } == [AggregateJSON.text(row(0))])
        disk.free()
        _ = try sink.deliver(many)
        #expect(lines(disk.path) == (0..<40).map { AggregateJSON.text(row($0)) })
    }

    @Test("does not write into the empty place of a stick that is gone", .enabled(if: SmallDisk.isPossible))
    func removedDisk() throws {
        let place = TemporaryDirectory()
        let path = place.file("stick")
        mkdir(path, 0o755)
        var options = options(path)
        var bookmark: String?
        do {
            let disk = try SmallDisk(megabytes: 1, at: path)
            let sink = try FileSink(options)
            try sink.resume(at: nil)
            bookmark = try sink.deliver([row(0)]).bookmark
            disk.detach()
            let gone = failure(sink, [row(1)])
            #expect(gone?.kind == .unavailable)
            #expect(gone?.cause.contains("mounted") == true)
            // Also after a restart, which knows from the bookmark that there was a disk.
            let next = try FileSink(options)
            #expect(throws: SinkFailure.self) { try next.resume(at: bookmark) }
            #expect(failure(next, [row(1)])?.kind == .unavailable)
            #expect(TemporaryDirectory.names(in: path).isEmpty)

            // Another stick: it goes on there.
            let other = try SmallDisk(megabytes: 1, at: path)
            _ = try sink.deliver([row(1)])
            #expect(lines(path) == [AggregateJSON.text(row(1))])
            other.detach()
        }
        options.isMounted = false
        let onBox = try FileSink(options)
        try onBox.resume(at: bookmark)
        _ = try onBox.deliver([row(1)])
        #expect(lines(path) == [AggregateJSON.text(row(1))])
    }

    @Test(
        "a directory that is gone is waited for, one that is not to be written to says who may",
        .enabled(if: geteuid() == 0))
    func directory() throws {
        let place = TemporaryDirectory()
        let path = place.file("data")
        let sink = try FileSink(options(path))
        #expect(failure(sink, [row(0)])?.kind == .unavailable)
        mkdir(path, 0o755)
        _ = try sink.deliver([row(0)])
        rename(path, place.file("elsewhere"))
        #expect(failure(sink, [row(1)])?.cause.contains("No such file") == true)
        rename(place.file("elsewhere"), path)
        _ = try sink.deliver([row(1)])
        #expect(lines(path) == [0, 1].map { AggregateJSON.text(row($0)) })
        for name in ["", "a/b", ".hidden", "a b"] {
            #expect(throws: SinkFailure.self) { try FileSink(FileOptions(directory: path, name: name)) }
        }
    }

    @Test("writes nothing once it is cancelled")
    func cancelled() throws {
        let directory = TemporaryDirectory()
        let sink = try FileSink(options(directory.path))
        let first = try sink.deliver([row(0)])
        sink.cancel()
        #expect(failure(sink, [row(1)])?.cause == "ended on request")
        let next = try FileSink(options(directory.path))
        try next.resume(at: first.bookmark)
        _ = try next.deliver([row(1)])
        #expect(lines(directory.path) == [0, 1].map { AggregateJSON.text(row($0)) })
    }
}
