@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Removal by rule")
struct RemovalTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    @Test("readings and windows are counted apart, by retention and for the quota")
    func counted() throws {
        let store = try Store(path: path)
        let id = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        for index in 0..<100 as Range<Int64> {
            _ = try store.insert(Reading(series: 0, time: ten + index * 60_000, value: 1), series: id)
            let window = Window(.minute, holding: ten + index * 60_000, days: .utc)
            #expect(try store.write(Aggregate(window: window, expected: nil), series: id) == 1)
        }
        #expect(try store.reader.reach() == StoredReach(readings: ten, aggregates: [.minute: ten]))
        #expect(try store.removeReadings(before: ten + 600_000, limit: 1000) == 10)
        #expect(try store.removeReadings(before: ten + 1_800_000, limit: 1000, by: .quota) == 20)
        #expect(try store.removeAggregates(.minute, before: ten + 300_000, limit: 1000) == 5)
        #expect(try store.removeAggregates(.minute, before: ten + 720_000, limit: 1000, by: .quota) == 7)
        try store.commit()
        let reader = try StoreReader(path: path)
        let removals = try reader.holdings().removals
        #expect(removals.readings == [.retention: 10, .quota: 20] && removals.readingCount == 30)
        #expect(removals.aggregates == [.minute: [.retention: 5, .quota: 7]])
        let reach = try reader.reach()
        #expect(reach == StoredReach(readings: ten + 1_800_000, aggregates: [.minute: ten + 720_000]))
    }

    @Test("free pages beyond what the file may have are given back, those within it are kept for what comes")
    func fileLimit() throws {
        let store = try Store(path: path)
        let id = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        for index in 0..<60_000 {
            _ = try store.insert(Reading(series: 0, time: ten + Int64(index), value: 1.5), series: id)
        }
        _ = try store.removeReadings(before: ten + 2000, limit: 60_000)
        try store.commit()
        let space = try store.reader.space()
        #expect(space.usedBytes < space.fileBytes)
        #expect(try store.releaseFreePages(limit: 1000, fileLimit: space.fileBytes) == 0)
        #expect(try store.releaseFreePages(limit: 1000, fileLimit: space.fileBytes - 2048) == 2)
        _ = try store.releaseFreePages(limit: 1000, fileLimit: space.usedBytes / 2)
        try store.commit()
        let after = try store.reader.space()
        #expect(after.fileBytes == after.usedBytes)
    }
}
