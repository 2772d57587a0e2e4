import Forwarding
import Storage
import Synchronization
import Telemetry

/// All that partners' threads ask of the gateway: the desk, the file, and the clock. Any thread.
final class PartnerStore: ForwardingStore {
    private let desk: DeliveryDesk
    private let path: String
    private let facts: Mutex<SeriesFactsDirectory>
    private let clock: GatewayClock

    /// - Parameter path: of the database.
    init(desk: DeliveryDesk, path: String, facts: SeriesFactsDirectory, clock: GatewayClock) {
        self.desk = desk
        self.path = path
        self.facts = Mutex(facts)
        self.clock = clock
    }

    var now: Timestamp? { clock.isTrusted ? clock.now : nil }

    func standing(of partner: String) -> PartnerStanding? { desk.standing(of: partner) }

    func record(_ settlement: Settlement, era: UInt64) -> UInt64 { desk.record(settlement, era: era) }

    func hurry() { desk.hurry() }

    func isRecorded(_ ticket: UInt64) -> Bool { desk.isRecorded(ticket) }

    /// For partners' threads that are started after this.
    func setFacts(_ new: SeriesFactsDirectory) { facts.withLock { $0 = new } }

    func read(_ body: (any ChangeReading) throws(FeedError) -> Void) throws(FeedError) {
        let facts = facts.withLock { $0 }
        var failure: FeedError?
        do throws(StorageError) {
            let reader = try StoreReader(path: path)
            // Windows lie in the order in which they go: a page is needed once.
            try reader.limitCache(kibibytes: 256)
            try reader.atOneMoment {
                do throws(FeedError) {
                    try body(StoredChanges(reader, facts: facts))
                } catch {
                    failure = error
                }
            }
        } catch {
            throw FeedError("\(error)")
        }
        if let failure { throw failure }
    }
}
