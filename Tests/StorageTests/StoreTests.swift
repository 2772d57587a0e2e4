import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Store")
struct StoreTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path + "/poort.db" }
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func series(_ quantity: String = "pm2_5", device: String = "aq-1", number: SeriesNumber = 0) -> Series {
        Series(
            number: number, device: device, quantity: QuantityCatalogue()[quantity]!, deviceType: "air_quality",
            intervalMilliseconds: 10_000)
    }

    private func reading(_ value: Double, at time: Timestamp, origin: Reading.TimeOrigin = .device) -> Reading {
        Reading(series: 0, time: time, value: value, timeOrigin: origin, flag: .good)
    }

    @Test("keeps what was committed and forgets what was not")
    func durability() throws {
        do {
            let store = try Store(path: path)
            let id = try store.identify(series()).id
            _ = try store.insert(reading(1, at: ten), series: id)
            try store.commit()
            _ = try store.insert(reading(2, at: ten + 1000), series: id)
        }
        var values: [Double] = []
        try Store(path: path).readings(in: ten..<(ten + 10_000), of: [1]) { _, _, value, _ in values.append(value) }
        #expect(values == [1])
    }

    @Test("tells duplicates and conflicts from new readings")
    func outcomes() throws {
        let store = try Store(path: path)
        let id = try store.identify(series()).id
        #expect(try store.insert(reading(1, at: ten), series: id) == .stored(at: ten))
        #expect(try store.insert(reading(1, at: ten), series: id) == .duplicate)
        #expect(try store.insert(reading(2, at: ten), series: id) == .conflict(existing: 1))
        let other = try store.identify(series("pm10", number: 1)).id
        #expect(try store.insert(reading(2, at: ten), series: other) == .stored(at: ten))
    }

    @Test("finds room for readings that arrive within the same millisecond")
    func receiptTimes() throws {
        let store = try Store(path: path)
        let id = try store.identify(series()).id
        var times: Set<Timestamp> = []
        for _ in 0..<20 {
            guard case .stored(let time) = try store.insert(reading(1, at: ten, origin: .receipt), series: id) else {
                Issue.record("a reading with the time of receipt was not stored")
                return
            }
            times.insert(time)
        }
        #expect(times.count == 20)
    }

    @Test("gives a series one number for ever, and its kind and interval as last announced")
    func seriesIdentity() throws {
        var first = try Store(path: path).identify(series())
        #expect(first.rules.intervalMilliseconds == 10_000)
        let store = try Store(path: path)
        first = try store.identify(series())
        var changed = series()
        changed.intervalMilliseconds = nil
        let second = try store.identify(changed)
        #expect(first.id == second.id)
        #expect(second.rules.intervalMilliseconds == nil)
    }

    @Test("begins a new series when the unit changes, so that no value changes its meaning")
    func changedUnit() throws {
        let store = try Store(path: path)
        let old = try store.identify(series()).id
        var changed = series()
        changed.quantity.unit = "mg/m3"
        let new = try store.identify(changed).id
        #expect(old != new)
        #expect(try store.identify(series()).id == old)
        #expect(try store.reader.series().map(\.unit).sorted() == ["mg/m3", "ug/m3"])
    }

    @Test("writes an aggregate anew only when it differs, with a higher revision")
    func revisions() throws {
        let store = try Store(path: path)
        let id = try store.identify(series()).id
        var aggregate = Aggregate(window: Window(.minute, holding: ten, days: .utc), count: 1, expected: 6)
        aggregate.statistics = .init(
            mean: 0.1, squaredDeviations: 0.2, minimum: -1, maximum: 1e300, first: .leastNonzeroMagnitude,
            firstTime: ten, last: 3,
            lastTime: ten + 1)
        aggregate.increase = .init(total: 9_007_199_254_740_991, resets: 2)
        #expect(try store.write(aggregate, series: id) == 1)
        #expect(try store.write(aggregate, series: id) == nil)
        aggregate.count = 2
        #expect(try store.write(aggregate, series: id) == 2)
        let standing = try #require(try store.aggregate(aggregate.window, series: id))
        #expect(standing.aggregate == aggregate)
        #expect(standing.revision == 2)
    }

    @Test("adds to the ledger and reads it back")
    func ledger() throws {
        let store = try Store(path: path)
        var account = SourceLedger(source: "sensors/+")
        account.messages.received = 3
        account.messages.stored = 2
        account.messages.rejected[.emptyPayload] = 1
        account.readings.received = 2
        account.readings.stored = 2
        try store.add(account)
        try store.add(account)
        try store.commit()
        let read = try #require(try StoreReader(path: path).ledger().first)
        #expect(read.messages.received == 6)
        #expect(read.messages.rejected == [.emptyPayload: 2])
        #expect(read.isBalanced)
    }

    @Test("keeps quarantined bytes as they were, and drops the oldest when there are too many")
    func quarantine() throws {
        let store = try Store(path: path, options: StoreOptions(quarantineLimitBytes: 10 * (3 + 100 + 1 + 128)))
        for index in 0..<20 {
            let message = QuarantinedMessage(
                received: ten + Int64(index), source: "s", topic: [0xFF, 0x00, UInt8(index)],
                payload: [UInt8](repeating: UInt8(index), count: 100), rejection: Rejection(.undecodable, detail: "x"))
            #expect(try store.quarantine(message, configuration: "c"))
        }
        try store.commit()
        var kept: [QuarantinedMessage] = []
        let reader = try StoreReader(path: path)
        try reader.forEachHeldMessage {
            kept.append($0.message)
            return true
        }
        #expect(kept.map(\.received) == (10..<20).map { ten + Int64($0) })
        #expect(kept.first?.topic == [0xFF, 0x00, 10])
        #expect(kept.first?.payload == [UInt8](repeating: 10, count: 100))
        #expect(try reader.holdings().removedQuarantined == 10)
    }

    @Test("gives no number of a quarantined message again, also after a restart")
    func quarantineNumbers() throws {
        var numbers: [Int64] = []
        for round in 0..<4 {
            let store = try Store(path: path)
            let message = QuarantinedMessage(
                received: ten, source: "", topic: [1], payload: [UInt8(round)],
                rejection: Rejection(.unknownTopic, detail: "x"))
            #expect(try store.quarantine(message, configuration: "c"))
            try store.commit()
            let id = try #require(try store.reader.heldMessages(limit: 1).first?.id)
            numbers.append(id)
            if round == 0 {
                #expect(try store.dropQuarantined(QuarantineSelection(), limit: 1).count == 1)
            } else {
                #expect(try store.releaseQuarantined(id) != nil)
                // It goes back.
                if round == 2 { #expect(try store.quarantine(message, configuration: "c", id: id)) }
                _ = try store.releaseQuarantined(id)
            }
            try store.commit()
        }
        #expect(numbers == [1, 2, 3, 4])
    }

    @Test("keeps the file within the quarantine's limit also under tiny messages, over restarts")
    func tinyQuarantined() throws {
        let limit: Int64 = 1 << 20
        for round in 0..<3 {
            let store = try Store(path: path, options: StoreOptions(quarantineLimitBytes: limit))
            for index in 0..<10_000 {
                let message = QuarantinedMessage(
                    received: ten + Int64(round), source: "sensors/+/+/+", topic: [], payload: [UInt8(index & 0xFF)],
                    rejection: Rejection(.undecodable, detail: "empty or not é"))
                _ = try store.quarantine(message, configuration: "0123456789abcdef")
            }
            try store.commit()
            #expect(try store.sizeBytes() < limit * 5 / 4)
        }
    }

    @Test("reads of one moment while it is written")
    func oneMoment() throws {
        let store = try Store(path: path)
        let id = try store.identify(series()).id
        try store.commit()
        let reader = try StoreReader(path: path)
        let (before, after) = try reader.atOneMoment { () throws(StorageError) in
            let before = try reader.holdings()
            _ = try store.insert(reading(1, at: ten), series: id)
            try store.commit()
            return (before, try reader.holdings())
        }
        #expect(before == after)
        #expect(try reader.holdings().readings == 1)
    }

    @Test("keeps a conflict once, however often it comes")
    func conflictOnce() throws {
        let store = try Store(path: path)
        let message = QuarantinedMessage(
            received: ten, source: "s", topic: [], payload: [1, 2], rejection: Rejection(.conflict, detail: "x"))
        #expect(try store.quarantine(message, configuration: "c"))
        #expect(try !store.quarantine(message, configuration: "c"))
    }

    @Test("remembers what recognises redeliveries")
    func unacknowledged() throws {
        do {
            let store = try Store(path: path)
            try store.addUnacknowledged(batch: 1, entries: [(1, 2), (65_535, .max)])
            try store.addUnacknowledged(batch: 2, entries: [(3, 4)])
            try store.removeUnacknowledged(through: 1)
            try store.addUnacknowledged(batch: 3, entries: [(65_535, 0xDEAD_BEEF)])
            try store.commit()
        }
        let kept = try Store(path: path).unacknowledged()
        #expect(kept.map(\.batch) == [2, 3])
        #expect(kept.last?.entries.first?.packetID == 65_535)
        #expect(kept.last?.entries.first?.identity == 0xDEAD_BEEF)
    }

    @Test("removes what is older than it keeps, in portions, and counts it")
    func retention() throws {
        let store = try Store(path: path)
        let id = try store.identify(series()).id
        for index in 0..<1000 { _ = try store.insert(reading(1, at: ten + Int64(index)), series: id) }
        var account = SourceLedger(source: "s")
        account.readings.stored = 1000
        try store.add(account)
        var removed = 0
        while case let count = try store.removeReadings(before: ten + 600, limit: 100), count > 0 {
            #expect(count <= 100)
            removed += count
        }
        #expect(removed == 600)
        try store.commit()
        let holdings = try StoreReader(path: path).holdings()
        #expect(holdings.readings == 400)
        #expect(holdings.removedReadings == 600)
    }

    @Test("gives space back in portions, and keeps a sixteenth of the file for what comes next")
    func releasedPages() throws {
        let store = try Store(path: path)
        let id = try store.identify(series()).id
        for index in 0..<60_000 { _ = try store.insert(reading(1.5, at: ten + Int64(index)), series: id) }
        try store.commit()
        let full = try store.sizeBytes()
        #expect(try store.releaseFreePages(limit: 10) == 0)
        _ = try store.removeReadings(before: ten + 800, limit: 60_000)
        #expect(try store.releaseFreePages(limit: 10) == 0, "the next readings fill it again")

        _ = try store.removeReadings(before: ten + 58_000, limit: 60_000)
        try store.commit()
        let left = try store.sizeBytes()
        #expect(try store.releaseFreePages(limit: 10) == 10)
        try store.commit()
        #expect(try store.sizeBytes() == left - 10 * 1024)
        while try store.releaseFreePages(limit: 10) == 10 { try store.commit() }
        try store.commit()
        #expect(try store.sizeBytes() < full / 2)
        #expect(try StoreReader(path: path).holdings().readings == 2000)
        try store.database.execute("PRAGMA wal_checkpoint", operation: "checkpoint")
        var file = stat()
        #expect(stat(path, &file) == 0)
        #expect(Int64(file.st_size) == (try store.sizeBytes()), "the file itself is that small")
    }
}
