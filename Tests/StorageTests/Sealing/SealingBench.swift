@testable import Storage
import Telemetry
import TestKit

/// A file with some series, and a plain list of what it should hold.
final class SealingBench {
    let directory = TemporaryDirectory()
    var path: String { directory.path + "/poort.db" }
    private(set) var store: Store
    private(set) var plain: [SeriesID: [Timestamp: SealedReading]] = [:]
    /// At the beginning of an hour.
    static let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
    static let hour: Int64 = 3_600_000

    init(options: StoreOptions = StoreOptions(), seriesCount: Int = 3) throws {
        store = try Store(path: directory.path + "/poort.db", options: options)
        for number in 0..<seriesCount {
            _ = try store.identify(
                Series(
                    number: SeriesNumber(number), device: "d\(number)", quantity: QuantityCatalogue()["pm2_5"]!,
                    deviceType: "air_quality"))
        }
        try store.commit()
    }

    func reopen(options: StoreOptions = StoreOptions()) throws { store = try Store(path: path, options: options) }

    @discardableResult
    func insert(
        _ value: Double, at time: Timestamp, series: SeriesID = 1, origin: Reading.TimeOrigin = .device
    ) throws -> InsertOutcome {
        let reading = Reading(series: 0, time: time, value: value, timeOrigin: origin, flag: .good)
        let outcome = try store.insert(reading, series: series)
        if case .stored(let time) = outcome {
            plain[series, default: [:]][time] = SealedReading(
                time: time, value: value, flag: .good, tests: reading.tests)
        }
        return outcome
    }

    /// So many readings, evenly spread.
    func fill(_ count: Int, from time: Timestamp = start, every step: Int64 = 10_000, series: SeriesID = 1) throws {
        for index in 0..<Int64(count) {
            try insert(Double(index % 50) / 10, at: time + index * step, series: series)
        }
    }

    func set(_ tests: QualityTests, at time: Timestamp, series: SeriesID = 1) throws {
        try store.setTests(tests, at: time, of: series)
        plain[series]?[time]?.tests = tests
        plain[series]?[time]?.flag = tests.combined
    }

    /// What was removed, lost or rolled back.
    func forget(series: SeriesID? = nil, where isGone: (Timestamp) -> Bool) {
        for id in plain.keys where series ?? id == id { plain[id] = plain[id]!.filter { !isGone($0.key) } }
    }

    /// Seals all before a time, in portions.
    @discardableResult
    func seal(before border: Timestamp, limit: Int = 100_000) throws -> Store.SealedPortion {
        var all = Store.SealedPortion()
        var from = Timestamp.distantPast
        while true {
            let portion = try store.seal(from: from, before: border, limit: limit)
            try store.commit()
            all.readings += portion.readings
            all.segments += portion.segments
            guard let next = portion.next else { return all }
            from = next
        }
    }

    func segments() throws -> [StoredSegment] {
        var found: [StoredSegment] = []
        try SegmentShelf(store.database).visit(hours: 0...SegmentID.hour(of: .distantFuture), of: nil) {
            found.append($0)
        }
        return found
    }

    /// Of what is not sealed.
    func rowCount() throws -> Int { try store.hot().count() }

    /// How the file differs from the list, or breaks a rule, in words; nil when it does not.
    func difference() throws -> String? {
        var found: [SeriesID: [SealedReading]] = [:]
        try store.passOver(.distantPast ..< .distantFuture, of: nil) {
            found[$0.series, default: []].append(
                SealedReading(time: $0.time, value: $0.value, flag: $0.flag, tests: $0.tests))
            return true
        }
        for id in Set(plain.keys).union(found.keys).sorted() {
            let expected = (plain[id] ?? [:]).values.sorted { $0.time < $1.time }
            if !(found[id] ?? []).isIdentical(to: expected) {
                return "series \(id): \(found[id]?.count ?? 0) readings, should be \(expected.count), or others"
            }
        }
        var ends: [SeriesID: Timestamp] = [:]
        for segment in try segments().sorted(by: { ($0.series, $0.firstTime) < ($1.series, $1.firstTime) }) {
            if !segment.isPlausible { return "\(segment) makes no sense" }
            if let end = ends[segment.series], segment.firstTime <= end { return "\(segment) overlaps another" }
            ends[segment.series] = segment.lastTime
        }
        return nil
    }

    func removedReadings() throws -> Int {
        let holdings = try store.reader.holdings()
        return holdings.removedReadings + holdings.lostReadings
    }

    func damage(_ segment: StoredSegment) throws {
        try store.database.execute(
            """
            UPDATE segments SET data = CAST(substr(data, 1, length(data) / 2) || x'A5' || substr(data, length(data) / 2 + 2)
            AS BLOB) WHERE id = \(segment.id.rawValue)
            """, operation: "test")
    }
}
