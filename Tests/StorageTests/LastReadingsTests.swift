import Storage
import Telemetry
import TestKit
import Testing

@Suite("Last readings")
struct LastReadingsTests {
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
    private let hour: Int64 = 3_600_000

    /// A series that fell silent yesterday, below a hundred readings of another.
    private func store() throws -> (store: Store, silent: SeriesID, busy: SeriesID) {
        let store = try Store(path: ":memory:")
        func series(_ device: String, _ number: SeriesNumber) throws -> SeriesID {
            try store.identify(
                Series(
                    number: number, device: device, quantity: QuantityCatalogue()["pm10"]!, intervalMilliseconds: 1000)
            ).id
        }
        let silent = try series("silent", 0)
        let busy = try series("busy", 1)
        for (offset, value) in [(-24 * hour, 3.0), (-24 * hour + 1000, 7)] {
            let reading = Reading(series: 0, time: ten + offset, value: value, flag: .suspect)
            _ = try store.insert(reading, series: silent)
        }
        for second in 0..<100 {
            let reading = Reading(series: 1, time: ten + Int64(second) * 1000, value: Double(second), flag: .good)
            _ = try store.insert(reading, series: busy)
        }
        return (store, silent, busy)
    }

    private func writeHour(of series: SeriesID, in store: Store) throws {
        let window = Window(.hour, holding: ten - 24 * hour, days: .utc)
        var aggregate = Aggregate(window: window, count: 2)
        aggregate.statistics = .init(
            mean: 5, squaredDeviations: 8, minimum: 3, maximum: 7, first: 3, firstTime: ten - 24 * hour, last: 7,
            lastTime: ten - 24 * hour + 1000)
        _ = try store.write(aggregate, series: series)
    }

    private var everything: Range<Timestamp> { (ten - 48 * hour)..<(ten + hour) }

    @Test("are the newest of each series")
    func newest() throws {
        let (store, silent, busy) = try store()
        let found = try store.reader.lastReadings(in: everything)
        #expect(Set(found.map(\.series)) == [silent, busy])
        #expect(found.first { $0.series == silent }?.value == 7)
        #expect(found.first { $0.series == silent }?.flag == .suspect)
        #expect(found.first { $0.series == busy }?.value == 99)
    }

    @Test("lie in the aggregates where looking through the readings would take too long")
    func deep() throws {
        let (store, silent, _) = try store()
        #expect(try store.reader.lastReadings(in: everything, rowLimit: 50).count == 1)
        try writeHour(of: silent, in: store)
        let found = try store.reader.lastReadings(in: everything, rowLimit: 50).first { $0.series == silent }
        #expect(found?.value == 7)
        #expect(found?.flag == .suspect, "the reading itself is still there")
        _ = try store.removeReadings(before: ten, limit: 1000)
        let removed = try store.reader.lastReadings(in: everything, rowLimit: 50).first { $0.series == silent }
        #expect(removed?.value == 7)
        #expect(removed?.flag == .unknown)
    }

    @Test("are not older than asked for")
    func range() throws {
        let (store, _, busy) = try store()
        #expect(try store.reader.lastReadings(in: ten..<(ten + hour)).map(\.series) == [busy])
    }
}
