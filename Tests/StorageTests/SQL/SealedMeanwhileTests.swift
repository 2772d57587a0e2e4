@testable import Storage
import Telemetry
import TestKit
import Testing

/// The daemon goes on while somebody reads.
@Suite("Readings that are sealed while a statement reads them")
struct SealedMeanwhileTests {
    private let directory = TemporaryDirectory()
    private let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    @Test("are read once", arguments: ["", "ORDER BY time", "ORDER BY time DESC", "ORDER BY series, time"])
    func once(order: String) throws {
        let path = directory.file("poort.db")
        let store = try Store(path: path)
        var written: [ReadingsRow] = []
        for device in 0..<5 {
            let quantity = QuantityCatalogue()["pm10"]!
            let id = try store.identify(Series(number: 0, device: "d\(device)", quantity: quantity)).id
            for index in 0..<Int64(2000) {
                let reading = Reading(
                    series: 0, time: start + index * 10_000 + Int64(device), value: Double(index) / 10, flag: .good)
                _ = try store.insert(reading, series: id)
                written.append(
                    ReadingsRow(
                        time: reading.time.milliseconds, value: reading.value, tests: 0, series: id, flag: 1))
            }
        }
        try store.commit()
        let session = try SQLSession(path: path)
        let statement = try session.prepare("SELECT series, time, value, flag, tests FROM readings \(order)")
        var (read, sealed): ([ReadingsRow], Int) = ([], 0)
        try session.run(statement) { row in
            read.append(
                ReadingsRow(
                    time: row.integer(1), value: row.real(2), tests: row.integer(4), series: SeriesID(row.integer(0)),
                    flag: UInt8(row.integer(3))))
            if read.count == 100 || read.count == 5000 {
                let border = start + (read.count == 100 ? 8_000_000 : 30_000_000)
                sealed += try store.seal(from: .distantPast, before: border, limit: 100_000).readings
                try store.commit()
            }
            return true
        }
        #expect(sealed > 5000)
        #expect(read.count == written.count)
        let pairs = zip(read.sorted(by: ReadingsRow.precedes), written.sorted(by: ReadingsRow.precedes))
        #expect(pairs.allSatisfy { $0.isIdentical(to: $1) })
        // And what the store sealed itself is read as it was.
        let again = try session.readings("SELECT series, time, value, flag, tests FROM readings \(order)")
        #expect(again.count == read.count && zip(again, read).allSatisfy { order.isEmpty || $0.isIdentical(to: $1) })
        let hot = try session.rows("SELECT count(*) FROM hot_readings")
        #expect(hot == [["\(written.count - sealed)"]])
    }
}
