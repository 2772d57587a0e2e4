import CSQLite
@testable import Storage
import Telemetry
import TestKit

/// All that a file shows, and a file that shows something of everything.
struct StoredContent: Equatable {
    struct Key: Hashable {
        var series: SeriesID
        var time: Timestamp
    }

    var readings: [Key: StoreReader.ReadingRow] = [:]
    /// Readings that are shown more than once.
    var doubled = 0
    /// Of minutes.
    var aggregates: [Key: StoredAggregate] = [:]
    var quarantine: [Int64: [UInt8]] = [:]
    var series: [SeriesID: String] = [:]
    var ledger: [SourceLedger] = []
    var removed = 0
    var lost = 0

    /// Readings that the ledger says are there.
    var expectedCount: Int { ledger.reduce(0) { $0 + $1.readings.stored } - removed - lost }

    /// Reads everything, sealed readings from the table itself.
    init(_ reader: StoreReader) throws(StorageError) {
        for row in try StoredContent.rows(reader) { add(row) }
        try reader.aggregates(.minute, in: .distantPast..<(.distantFuture)) { stored in
            aggregates[Key(series: stored.series, time: stored.aggregate.window.start)] = stored
            return true
        }
        for held in try reader.heldMessages(limit: 100_000) {
            quarantine[held.id] = held.message.topic + held.message.payload
        }
        for row in try reader.series() { series[row.id] = "\(row.device) \(row.quantity) \(row.unit)" }
        ledger = try reader.ledger()
        let holdings = try reader.holdings()
        (removed, lost) = (holdings.removedReadings, holdings.lostReadings)
    }

    private mutating func add(_ row: StoreReader.ReadingRow) {
        if readings.updateValue(row, forKey: Key(series: row.series, time: row.time)) != nil { doubled += 1 }
    }

    private static func rows(_ reader: StoreReader) throws(StorageError) -> [StoreReader.ReadingRow] {
        var rows: [StoreReader.ReadingRow] = []
        let hot = try HotRows(reader.database, schemaVersion: reader.schemaVersion)
        let cursor = try hot.cursor(of: nil)
        try cursor.open(HotRow.times)
        while let (series, reading) = try cursor.next() {
            rows.append(
                StoreReader.ReadingRow(
                    series: series, time: reading.time, value: reading.value, flag: reading.flag, tests: reading.tests))
        }
        guard reader.schemaVersion >= 4 else { return rows }
        let sealed = try reader.database.prepare("SELECT series, count, data FROM segments ORDER BY id")
        while try sealed.step("read segments") {
            let data = sealed.blob(2)
            // A page that was never sealed lets a torn segment through, which its own checksum shows.
            guard let readings = try? [SealedReading](segment: data), readings.count == Int(sealed.integer(1)) else {
                continue
            }
            let series = SeriesID(sealed.integer(0))
            rows += readings.map {
                StoreReader.ReadingRow(series: series, time: $0.time, value: $0.value, flag: $0.flag, tests: $0.tests)
            }
        }
        return rows
    }

    /// - Returns: what is wrong with it as a part of what was stored; nil when nothing is.
    func complaint(asPartOf stored: StoredContent) -> String? {
        if doubled > 0 { return "\(doubled) readings are doubled" }
        for (key, row) in readings where !StoredContent.isSame(row, stored.readings[key]) {
            return "\(row) was never stored; that was \(stored.readings[key].map { "\($0)" } ?? "nothing")"
        }
        for (key, row) in aggregates where stored.aggregates[key] != row { return "\(row) was never stored" }
        for (id, message) in quarantine where stored.quarantine[id] != message {
            return "\(id) was quarantined otherwise than \(message)"
        }
        for (id, name) in series where stored.series[id] != name && !name.hasPrefix("unknown-\(id) ") {
            return "series \(id) was never \(name)"
        }
        if let source = ledger.first(where: { !$0.isBalanced }) { return "the account of \(source) does not balance" }
        if expectedCount != readings.count {
            return "\(readings.count) readings, where the ledger expects \(expectedCount); \(lost) are lost"
        }
        return nil
    }

    private static func isSame(_ row: StoreReader.ReadingRow, _ stored: StoreReader.ReadingRow?) -> Bool {
        guard let stored else { return false }
        return row.value.bitPattern == stored.value.bitPattern && row.flag == stored.flag && row.tests == stored.tests
    }
}

/// A database with hot rows, segments, aggregates, quarantine and ledger, and its files.
final class StoredFile {
    let directory = TemporaryDirectory()
    var path: String { directory.file("poort.db") }
    let store: Store
    private(set) var lastTime: Int64
    private static let start: Int64 = 1_790_000_000_000
    static let seriesCount = 12

    init(pageBytes: Int = 1024, hotTurns: Int = 25, segments: Int = 24) throws {
        store = try Store(path: directory.file("poort.db"), options: StoreOptions(pageSize: pageBytes))
        lastTime = StoredFile.start
        for number in 0..<StoredFile.seriesCount {
            _ = try store.identify(
                Series(number: SeriesNumber(number), device: "device-\(number)", quantity: QuantityCatalogue()["pm10"]!)
            )
        }
        for number in 0..<segments { try seal(number) }
        try addReadings(turns: hotTurns)
        try addAggregates(count: 80)
        try addQuarantine(count: 24)
        try store.setState("closed_until", lastTime)
        try store.commit()
    }

    /// A day's worth of one series, so that many need more than a page.
    private func seal(_ number: Int) throws {
        let series = SeriesID(number % StoredFile.seriesCount + 1)
        var builder = SegmentBuilder(series: series)
        let first = StoredFile.start - 40 * 86_400_000 + Int64(number / StoredFile.seriesCount) * 86_400_000
        let count = 6 + number * 4
        for index in 0..<count {
            let time = Timestamp(milliseconds: first + Int64(index) * 60_000)
            let value = Double(index * 7919 % 1013) / 7.3 + Double(number)
            try builder.append(SealedReading(time: time, value: value, flag: .good, tests: QualityTests(bits: 1)))
        }
        let insert = try store.database.prepare(
            "INSERT INTO segments(id, series, first_time, last_time, count, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        insert.bind(1, SegmentID(hour: first / 3_600_000, series: series).rawValue)
        insert.bind(2, series)
        insert.bind(3, first)
        insert.bind(4, first + Int64(count - 1) * 60_000)
        insert.bind(5, count)
        try insert.bind(6, blob: builder.seal())
        try store.begin()
        try insert.run("insert a segment")
        try store.database.execute(
            "UPDATE series SET sealed_until = \(first + Int64(count - 1) * 60_000) WHERE id = \(series)",
            operation: "note up to when it is sealed")
        try account(readings: count)
    }

    func addReadings(turns: Int) throws {
        for _ in 0..<turns {
            lastTime += 1000
            for number in 1...StoredFile.seriesCount {
                // Some fit into a bundle, and some do not.
                let value = Double((lastTime + Int64(number)) % 977) / 8 + (number % 2 == 0 ? 3e6 : 0)
                var reading = Reading(series: 0, time: Timestamp(milliseconds: lastTime), value: value)
                reading.tests = QualityTests(bits: 1)
                _ = try store.insert(reading, series: SeriesID(number))
            }
            try account(readings: StoredFile.seriesCount)
        }
        try store.setState("closed_until", lastTime)
    }

    private func addAggregates(count: Int) throws {
        for number in 0..<count {
            let start = Timestamp(milliseconds: StoredFile.start - Int64(number) * 60_000)
            var aggregate = Aggregate(window: Window(.minute, holding: start, days: .utc), count: 2)
            let values = (Double(number) / 3, Double(number) / 3 + 1)
            let window = aggregate.window
            aggregate.statistics = .init(
                mean: values.0 + 0.5, squaredDeviations: 0.5, minimum: values.0, maximum: values.1, first: values.0,
                firstTime: window.start, last: values.1, lastTime: window.start + 1)
            _ = try store.write(aggregate, series: SeriesID(number % StoredFile.seriesCount + 1))
        }
    }

    private func addQuarantine(count: Int) throws {
        for number in 0..<count {
            let payload = (0..<(number * 83)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
            _ = try store.quarantine(
                QuarantinedMessage(
                    received: Timestamp(milliseconds: StoredFile.start + Int64(number)), source: "s",
                    topic: Array("t/\(number)".utf8), payload: payload,
                    rejection: Rejection(.undecodable, detail: "number \(number)")),
                configuration: "c")
        }
        var account = SourceLedger(source: "s")
        (account.messages.received, account.messages.quarantined) = (count, count)
        try store.add(account)
    }

    private func account(readings: Int) throws {
        var account = SourceLedger(source: "s")
        (account.readings.received, account.readings.stored) = (readings, readings)
        (account.messages.received, account.messages.stored) = (readings, readings)
        try store.add(account)
    }

    /// What lies on the disk now, as a process that is killed would leave it.
    var files: [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for suffix in ["", "-wal", "-shm"] { files[suffix] = TemporaryDirectory.bytes(of: path + suffix) }
        return files
    }
}
