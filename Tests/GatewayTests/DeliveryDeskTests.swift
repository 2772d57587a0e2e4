import Forwarding
@testable import Gateway
@testable import Storage
import Telemetry
import Testing

@Suite("Delivery desk")
struct DeliveryDeskTests {
    private let desk = DeliveryDesk(wakeUp: WakeUp())
    private let now = Timestamp(milliseconds: 1)

    private func open(next: ChangeNumber = 100) {
        desk.didOpen(
            partners: [StoredPartner(name: "rova", began: 1, pending: PendingChanges(from: 1))], next: next)
    }

    private func settlement(
        _ changes: Range<ChangeNumber>, bookmark: String? = nil, repeated: Int = 0
    ) -> Settlement {
        Settlement(
            partner: "rova", changes: changes, counts: DeliveryCounts(delivered: changes.count), repeated: repeated,
            bookmark: bookmark, time: now)
    }

    @Test("shows where a partner stands once the store is open, and as what is recorded moves it")
    func standing() throws {
        #expect(desk.standing(of: "rova") == nil)
        open()
        let first = try #require(desk.standing(of: "rova"))
        #expect(first.pending.first == 1 && first.next == 100 && desk.standing(of: "nobody") == nil)
        let ticket = desk.record(settlement(1..<10, bookmark: "ten"), era: first.era)
        #expect(desk.takeSettlements()?.settlements == [settlement(1..<10, bookmark: "ten")])
        #expect(!desk.isRecorded(ticket) && desk.standing(of: "rova") == first)
        desk.didCommit(next: 120)
        let second = try #require(desk.standing(of: "rova"))
        #expect(desk.isRecorded(ticket) && second.pending.first == 10 && second.next == 120)
        #expect(second.bookmark == "ten" && second.era == first.era)
        desk.didClose()
        #expect(desk.standing(of: "rova") == nil)
    }

    @Test("joins what follows each other, and nothing else")
    func joined() throws {
        open()
        let era = try #require(desk.standing(of: "rova")).era
        _ = desk.record(settlement(1..<5, bookmark: "a", repeated: 1), era: era)
        _ = desk.record(settlement(5..<9, bookmark: "b", repeated: 2), era: era)
        _ = desk.record(settlement(20..<30), era: era)
        let taken = try #require(desk.takeSettlements()).settlements
        #expect(taken == [settlement(1..<9, bookmark: "b", repeated: 3), settlement(20..<30)])
        #expect(desk.takeSettlements() == nil)
    }

    @Test("lets go what was handed in under a store that has failed")
    func eras() throws {
        open()
        let era = try #require(desk.standing(of: "rova")).era
        _ = desk.record(settlement(1..<5), era: era)
        desk.didClose()
        open()
        let late = desk.record(settlement(5..<9), era: era)
        #expect(desk.takeSettlements()?.settlements.isEmpty ?? true)
        desk.didCommit(next: 100)
        #expect(desk.isRecorded(late) && desk.standing(of: "rova")?.pending.first == 1)
    }

    @Test("asks for a commit when somebody waits, also of what was taken before")
    func hurry() throws {
        open()
        let era = try #require(desk.standing(of: "rova")).era
        _ = desk.record(settlement(1..<5), era: era)
        #expect(desk.takeSettlements()?.isUrgent == false)
        desk.hurry()
        let urgent = try #require(desk.takeSettlements())
        #expect(urgent.isUrgent && urgent.settlements.isEmpty)
        desk.didCommit(next: 100)
        #expect(desk.settleAll(within: 0))
    }

    @Test("does not wait for ever for what nobody records")
    func patience() throws {
        open()
        let era = try #require(desk.standing(of: "rova")).era
        _ = desk.record(settlement(1..<5), era: era)
        #expect(!desk.settleAll(within: 20))
    }
}
