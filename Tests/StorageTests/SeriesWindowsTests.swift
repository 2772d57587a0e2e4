import Storage
import Telemetry
import Testing

@Suite("One series' windows")
struct SeriesWindowsTests {
    private let store: Store
    private let ids: [SeriesID]
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    init() throws {
        let store = try Store(path: ":memory:")
        ids = try ["a", "b", "c"].enumerated().map { number, device in
            try store.identify(
                Series(number: SeriesNumber(number), device: device, quantity: QuantityCatalogue()["car_count"]!)
            ).id
        }
        self.store = store
    }

    private func write(_ tier: Tier, at offset: Int64, series: SeriesID, last: Double = 1) throws {
        let window = Window(tier, holding: ten + offset, days: .local)
        var aggregate = Aggregate(window: window, count: 1)
        aggregate.statistics = .init(
            mean: last, squaredDeviations: 0, minimum: last, maximum: last, first: last, firstTime: window.start,
            last: last, lastTime: window.start + 1000)
        aggregate.increase = .init(total: 0, resets: 0)
        _ = try store.write(aggregate, series: series)
    }

    @Test("are those that a walk through all windows finds", arguments: Tier.allCases)
    func same(tier: Tier) throws {
        let width = Int64(tier.rawValue) * 1000
        for number in 0..<40 where number % 3 != 1 {
            for (place, id) in ids.enumerated() where (number + place) % 4 != 0 {
                try write(tier, at: Int64(number) * width, series: id)
            }
        }
        let (from, to) = (ten - 1, ten + 40 * width)
        for range in [
            .distantPast..<(.distantFuture), from..<to, (ten + width)..<(ten + 5 * width), ten..<(ten + 1),
            (ten + 1)..<(ten + 2), (ten - 9 * width)..<ten, to..<(to + 9 * width),
        ] as [Range<Timestamp>] {
            for id in ids {
                var walked: [StoredAggregate] = []
                try store.reader.aggregates(tier, in: range, series: id) {
                    walked.append($0)
                    return true
                }
                #expect(try store.reader.windows(tier, in: range, of: id) == walked, "\(range) \(id)")
            }
        }
        #expect(try store.reader.windows(tier, in: .distantPast..<(.distantFuture), of: ids[0]).count > 15)
        #expect(try store.reader.windows(tier, in: .distantPast..<(.distantFuture), of: 99).isEmpty)
    }

    @Test("are none in an empty file")
    func empty() throws {
        #expect(try store.reader.windows(.hour, in: .distantPast..<(.distantFuture), of: ids[0]).isEmpty)
    }

    @Test("tell a counter's last value before a time, from whole minutes")
    func lastCount() throws {
        try write(.minute, at: 0, series: ids[0], last: 5)
        try write(.minute, at: 120_000, series: ids[0], last: 9)
        try write(.minute, at: 60_000, series: ids[1], last: 7)
        #expect(try store.reader.lastCount(of: ids[0], before: ten) == nil)
        #expect(try store.reader.lastCount(of: ids[0], before: ten + 60_000)?.value == 5)
        #expect(try store.reader.lastCount(of: ids[0], before: ten + 179_999)?.value == 5)
        #expect(try store.reader.lastCount(of: ids[0], before: ten + 180_000)?.value == 9)
        #expect(try store.reader.lastCount(of: ids[0], before: .distantFuture)?.time == ten + 121_000)
    }

    @Test("and readings of some series alone are visited in the order of time")
    func readings() throws {
        for (number, id) in [(3, 0), (1, 1), (2, 2), (4, 1)] {
            let reading = Reading(series: 0, time: ten + Int64(number), value: Double(number), flag: .suspect)
            _ = try store.insert(reading, series: ids[id])
        }
        var found: [Double] = []
        try store.reader.readings(in: ten..<(ten + 4), of: [ids[0], ids[1]]) {
            found.append($0.value)
            #expect($0.flag == .suspect)
            return true
        }
        #expect(found == [1, 3])
        try store.reader.readings(in: ten..<(ten + 4), of: []) { _ in
            Issue.record("of no series")
            return false
        }
    }
}
