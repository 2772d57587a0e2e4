@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Partners in the file")
struct PartnerTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    /// A file with so many changes, each committed a minute after the one before.
    private func store(changes: Int, backlog: Int64? = nil) throws -> Store {
        let store = try Store(path: path)
        let id = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        try store.enterPartner("rova", backlogMilliseconds: backlog)
        for minute in 0..<changes {
            let window = Window(.minute, holding: ten + Int64(minute) * 60_000, days: .utc)
            _ = try store.write(Aggregate(window: window, count: 1, expected: nil), series: id)
            try store.recordChanges(now: window.end)
            try store.commit()
        }
        return store
    }

    private func settlement(
        _ changes: Range<ChangeNumber>, refused: Int = 0, partner: String = "rova"
    ) -> Settlement {
        Settlement(
            partner: partner, changes: changes,
            counts: DeliveryCounts(delivered: changes.count - refused, refused: refused),
            refusals: (0..<refused).map {
                RefusedAggregate(
                    change: changes.lowerBound, series: 1, tier: .minute, start: ten, revision: 1,
                    reason: "bad row \($0)")
            }, bookmark: "at \(changes.upperBound)", time: ten)
    }

    @Test("are entered once, and get what comes from then on")
    func entered() throws {
        let store = try store(changes: 3)
        try store.enterPartner("province", backlogMilliseconds: 5)
        try store.enterPartner("province", backlogMilliseconds: 7)
        try store.commit()
        let partners = try StoreReader(path: path).partners()
        #expect(partners.map(\.name) == ["province", "rova"])
        #expect(partners[0].began == 4 && partners[0].backlogMilliseconds == 7 && partners[1].began == 1)
        let ledgers = try StoreReader(path: path).partnerLedgers()
        #expect(ledgers.map(\.closed) == [0, 3] && ledgers.map(\.pending) == [0, 3])
        #expect(ledgers.allSatisfy { $0.isBalanced })
    }

    @Test("have what was delivered recorded with its account, its bookmark and its refusals, or not at all")
    func settled() throws {
        let store = try store(changes: 10)
        #expect(try store.settle(settlement(1..<5, refused: 1)))
        store.rollback()
        #expect(try StoreReader(path: path).partnerLedgers().first?.pending == 10)
        #expect(try store.settle(settlement(1..<5, refused: 1)))
        #expect(try store.settle(settlement(7..<9)))
        try store.commit()
        let reader = try StoreReader(path: path)
        let ledger = try #require(try reader.partnerLedgers().first)
        #expect(ledger.closed == 10 && ledger.pending == 4 && ledger.isBalanced)
        #expect(ledger.counts == DeliveryCounts(delivered: 5, refused: 1))
        let partner = try #require(try reader.partners().first)
        #expect(partner.pending.stretches == [5..<7] && partner.pending.open == 9)
        #expect(partner.bookmark == "at 9" && partner.lastDelivery == ten)
        #expect(try reader.refusals(limit: 10).map(\.reason) == ["bad row 0"])
        #expect(try reader.refusals(of: "province", limit: 10).isEmpty)
    }

    @Test("are not settled twice, nor beyond what has changed, nor without counting all")
    func wrongly() throws {
        let store = try store(changes: 10)
        #expect(try store.settle(settlement(1..<5)))
        #expect(try !store.settle(settlement(1..<5)))
        #expect(try !store.settle(settlement(4..<6)))
        #expect(try !store.settle(settlement(5..<12)))
        #expect(try !store.settle(settlement(5..<6, partner: "nobody")))
        var short = settlement(5..<8)
        short.counts.delivered = 2
        #expect(try !store.settle(short))
        try store.commit()
        let ledger = try #require(try StoreReader(path: path).partnerLedgers().first)
        #expect(ledger.counts.delivered == 4 && ledger.isBalanced)
    }

    @Test("lose what has waited longer than is kept for them, counted")
    func expired() throws {
        // The last is committed 50 minutes after ten.
        let store = try store(changes: 50, backlog: 600_000)
        #expect(try store.settle(settlement(1..<3)))
        #expect(try store.settle(settlement(20..<25)))
        let expired = try store.expireChanges(now: ten + 50 * 60_000)
        try store.commit()
        // Committed at minute 40 or later stay: changes 40 to 50.
        #expect(expired.map(\.count) == [39 - 2 - 5])
        let ledger = try #require(try StoreReader(path: path).partnerLedgers().first)
        #expect(ledger.pending == 11 && ledger.counts.expired == 32 && ledger.isBalanced)
        #expect(try store.expireChanges(now: ten + 50 * 60_000).isEmpty)
        // And all, once nothing has come for long.
        _ = try store.expireChanges(now: ten + 86_400_000)
        try store.commit()
        #expect(try StoreReader(path: path).partnerLedgers().first?.pending == 0)
    }

    @Test("keep the log of changes until all have passed it")
    func trimmed() throws {
        let store = try store(changes: 20)
        try store.enterPartner("province", backlogMilliseconds: nil)
        try store.commit()
        func rows() throws -> Int64? { try store.database.integer("SELECT count(*) FROM changes") }
        #expect(try !store.removeSettledChanges(limit: 100))
        #expect(try rows() == 20)
        #expect(try store.settle(settlement(1..<8)))
        #expect(try store.removeSettledChanges(limit: 5))
        #expect(try !store.removeSettledChanges(limit: 5))
        try store.commit()
        #expect(try rows() == 13)
        #expect(try store.settle(settlement(8..<21)))
        _ = try store.removeSettledChanges(limit: 100)
        try store.commit()
        // The last stays, or one could not tell what was before from what is lost.
        #expect(try #require(try rows()) <= 1)
        #expect(try StoreReader(path: path).nextChange() == 21)
    }

    @Test("have the newest refusals kept, and all counted")
    func manyRefusals() throws {
        let store = try store(changes: Store.mostRefusals + 20)
        let all = 1..<ChangeNumber(Store.mostRefusals + 21)
        #expect(try store.settle(settlement(all, refused: all.count)))
        try store.commit()
        let reader = try StoreReader(path: path)
        #expect(try reader.refusals(limit: 100_000).count == Store.mostRefusals)
        #expect(try reader.refusals(limit: 1).first?.reason == "bad row \(all.count - 1)")
        #expect(try reader.partnerLedgers().first?.counts.refused == all.count)
    }

    @Test("get no number twice, and keep their accounts in balance, where a damaged page has taken some of it")
    func damaged() throws {
        let store = try store(changes: 20)
        #expect(try store.settle(settlement(1..<8)))
        try store.commit()
        try store.database.execute("DELETE FROM state WHERE name = 'changes'", operation: "lose a row")
        #expect(try Store(path: path).nextChange == 21)
        try store.database.execute("DELETE FROM changes", operation: "lose the log")
        #expect(try Store(path: path).nextChange == 8)
        try store.database.execute("DELETE FROM partners", operation: "lose a partner")
        let next = try Store(path: path)
        try next.enterPartner("rova", backlogMilliseconds: nil)
        try next.commit()
        let ledger = try #require(try StoreReader(path: path).partnerLedgers().first)
        #expect(ledger.isBalanced && ledger.counts.delivered == 7 && ledger.pending == 0)
    }

    @Test("survive the salvage of a damaged file, with all that waits for them")
    func salvaged() throws {
        let file = try StoredFile()
        try file.store.enterPartner("rova", backlogMilliseconds: 1000)
        let id: SeriesID = 1
        for minute in 0..<30 {
            let window = Window(.minute, holding: ten + Int64(minute) * 60_000, days: .utc)
            _ = try file.store.write(Aggregate(window: window, count: 1, expected: nil), series: id)
            try file.store.recordChanges(now: window.end)
            try file.store.commit()
        }
        #expect(try file.store.settle(settlement(1..<12, refused: 2)))
        try file.store.commit()
        let before = (try file.store.reader.partners(), try file.store.reader.partnerLedgers())
        var runs: [ChangeRun] = []
        try file.store.reader.changes(in: 1..<100) { run in
            runs.append(run)
            return true
        }
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        let copy = directory.file("copy.db")
        RepairFiles.write(file.files.filter { $0.key.isEmpty }, to: copy)
        _ = try Salvage.setAside(path: copy, now: ten)
        let (store, salvage) = try Salvage.open(path: copy, options: StoreOptions()) {}
        while try salvage?.goOn(pages: 64) ?? false { try store.commit() }
        _ = try salvage?.finish()
        #expect(salvage != nil && store.keepsChanges && store.nextChange == 31)
        #expect(try store.reader.partners() == before.0 && store.reader.partnerLedgers() == before.1)
        #expect(try store.reader.refusals(limit: 10).count == 2)
        var salvagedRuns: [ChangeRun] = []
        try store.reader.changes(in: 1..<100) { run in
            salvagedRuns.append(run)
            return true
        }
        #expect(salvagedRuns == runs)
    }

    @Test("of a file of before are none")
    func olderFile() throws {
        let database = try Database(path: path, mode: .readWrite, busyTimeoutMilliseconds: 0)
        try Schema.prepare(database, pageSize: 1024, through: 4)
        let reader = try StoreReader(path: path)
        #expect(try reader.partners().isEmpty && reader.partnerLedgers().isEmpty)
        #expect(try reader.nextChange() == 1 && reader.refusals(limit: 5).isEmpty)
    }

    @Test("pack what waits into bytes, and get it back")
    func packed() throws {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<500 {
            var pending = PendingChanges(from: .random(in: 1...100, using: &random))
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                let low = ChangeNumber.random(in: 1...300, using: &random)
                pending.remove(low..<low + .random(in: 0...30, using: &random))
            }
            #expect(PendingChanges(bytes: pending.bytes) == pending, "seed \(random.seed)")
        }
        #expect(PendingChanges(bytes: []) == nil)
        #expect(PendingChanges(bytes: PackedIntegers.encode([5, 4, 9] as [Int64])) == nil)
        #expect(PendingChanges(bytes: PackedIntegers.encode([5, 6] as [Int64])) == nil)
    }
}
