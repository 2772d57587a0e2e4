import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

/// SIGKILL while a delivery is recorded: cursor, account, refusals and bookmark are all there, or none of them.
@Suite("Settlements that are killed")
struct SettlementKillTests {
    private let directory = TemporaryDirectory()
    private static let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    /// What a process does: ten changes in a commit, five of them settled in the next.
    private static func live(at path: String) throws {
        let store = try Store(path: path)
        let id = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        try store.enterPartner("rova", backlogMilliseconds: nil)
        for minute in 0..<10 {
            let window = Window(.minute, holding: ten + Int64(minute) * 60_000, days: .utc)
            _ = try store.write(Aggregate(window: window, count: 1, expected: nil), series: id)
        }
        try store.recordChanges(now: ten)
        try store.commit()
        let refusal = RefusedAggregate(
            change: 3, series: id, tier: .minute, start: ten, revision: 1, reason: "no")
        #expect(
            try store.settle(
                Settlement(
                    partner: "rova", changes: 1..<6, counts: DeliveryCounts(delivered: 4, refused: 1),
                    refusals: [refusal], bookmark: "five", time: ten)))
        try store.commit()
    }

    @Test(
        "are recorded whole or not at all",
        arguments: [
            ("settlement.moved", false), ("settlement.counted", false), ("commit.begun:2", false),
            ("commit.done:2", true),
        ])
    func killed(point: String, isRecorded: Bool) async throws {
        let path = directory.file("poort.db")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, point = point as String] in
            setenv(FaultPoint.variable, point, 1)
            try SettlementKillTests.live(at: path)
        }
        let reader = try StoreReader(path: path)
        let ledger = try #require(try reader.partnerLedgers().first)
        #expect(ledger.closed == 10 && ledger.isBalanced)
        #expect(ledger.counts.delivered == (isRecorded ? 4 : 0) && ledger.counts.refused == (isRecorded ? 1 : 0))
        #expect(try reader.refusals(limit: 10).count == (isRecorded ? 1 : 0))
        let partner = try #require(try reader.partners().first)
        #expect(partner.bookmark == (isRecorded ? "five" : nil) && partner.pending.first == (isRecorded ? 6 : 1))
        // And the next life goes on from there.
        let store = try Store(path: path)
        let rest = partner.pending.first..<store.nextChange
        #expect(
            try store.settle(
                Settlement(
                    partner: "rova", changes: rest, counts: DeliveryCounts(delivered: rest.count),
                    time: SettlementKillTests.ten)))
        try store.commit()
        #expect(try StoreReader(path: path).partnerLedgers().first?.pending == 0)
    }
}
