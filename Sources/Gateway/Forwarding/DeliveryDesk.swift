import Forwarding
import Glibc
import Storage
import Synchronization
import Telemetry
import Threading

/// Where partners' threads and the core meet: these hand in what was delivered, the core records it with its next commit and
/// says how far the log of changes goes. Any thread.
final class DeliveryDesk: Sendable {
    private struct State {
        var era: UInt64 = 0
        /// As recorded; nil while the store is not to be read or written.
        var partners: [String: StoredPartner]?
        var next: ChangeNumber = 1
        var lastTicket: UInt64 = 0
        var waiting: [(ticket: UInt64, settlement: Settlement)] = []
        /// Taken by the core, and not committed yet.
        var taken: (ticket: UInt64, settlements: [Settlement]) = (0, [])
        var recorded: UInt64 = 0
        var isUrgent = false
        /// Of those who wait for something.
        var listeners: [Signal] = []

        mutating func forgetHandedIn() {
            waiting = []
            taken = (lastTicket, [])
        }
    }

    private let state = Mutex(State())
    private let hasWaiting = Atomic<Bool>(false)
    private let wakeUp: WakeUp

    /// - Parameter wakeUp: wakes the core.
    init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    // MARK: - For partners' threads

    func standing(of partner: String) -> PartnerStanding? {
        state.withLock { state in
            guard let stored = state.partners?[partner] else { return nil }
            return PartnerStanding(
                era: state.era, pending: stored.pending, next: state.next, bookmark: stored.bookmark)
        }
    }

    func record(_ settlement: Settlement, era: UInt64) -> UInt64 {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            // Under another era it is unknown what of it is in the file.
            if state.era == era, state.partners != nil {
                if let last = state.waiting.last, let joined = last.settlement.joined(with: settlement) {
                    state.waiting[state.waiting.count - 1] = (state.lastTicket, joined)
                } else {
                    state.waiting.append((state.lastTicket, settlement))
                }
            }
            return state.lastTicket
        }
        hasWaiting.store(true, ordering: .releasing)
        return ticket
    }

    func hurry() {
        state.withLock { $0.isUrgent = true }
        hasWaiting.store(true, ordering: .releasing)
        wakeUp.wake()
    }

    func isRecorded(_ ticket: UInt64) -> Bool { state.withLock { $0.recorded >= ticket } }

    // MARK: - For the core

    /// What was handed in since the last time, and whether somebody waits for it.
    func takeSettlements() -> (settlements: [Settlement], isUrgent: Bool)? {
        guard hasWaiting.exchange(false, ordering: .acquiringAndReleasing) else { return nil }
        return state.withLock { state in
            defer {
                state.waiting.removeAll(keepingCapacity: true)
                state.isUrgent = false
            }
            let settlements = state.waiting.map(\.settlement)
            state.taken = (state.lastTicket, state.taken.settlements + settlements)
            return (settlements, state.isUrgent)
        }
    }

    /// All that was taken is durable, and what has changed up to a number.
    func didCommit(next: ChangeNumber) {
        let listeners = state.withLock { state in
            let isNews = state.recorded != state.taken.ticket || state.next != next
            state.recorded = state.taken.ticket
            state.next = next
            for settlement in state.taken.settlements {
                state.partners?[settlement.partner]?.pending.remove(settlement.changes)
                if let mark = settlement.bookmark { state.partners?[settlement.partner]?.bookmark = mark }
            }
            state.taken.settlements.removeAll(keepingCapacity: true)
            return isNews ? state.listeners : []
        }
        for listener in listeners { listener.raise() }
    }

    /// The store was opened, or partners were entered: all begin anew from what is recorded.
    func didOpen(partners: [StoredPartner], next: ChangeNumber) {
        let listeners = state.withLock { state in
            state.era += 1
            state.partners = Dictionary(uniqueKeysWithValues: partners.map { ($0.name, $0) })
            state.next = next
            state.forgetHandedIn()
            return state.listeners
        }
        for listener in listeners { listener.raise() }
    }

    /// Nothing can be read or recorded until ``didOpen(partners:next:)``.
    func didClose() {
        let listeners = state.withLock { state in
            state.era += 1
            state.partners = nil
            state.forgetHandedIn()
            return state.listeners
        }
        for listener in listeners { listener.raise() }
    }

    // MARK: - For the gateway

    /// Waits until all that was handed in is recorded, so that who begins now begins behind it.
    /// - Returns: whether it was within that time.
    func settleAll(within milliseconds: Int64) -> Bool {
        let last = state.withLock { $0.lastTicket }
        let deadline = MonotonicClock.milliseconds() + milliseconds
        while !isRecorded(last) {
            if MonotonicClock.milliseconds() >= deadline { return false }
            hurry()
            usleep(5000)
        }
        return true
    }

    func setListeners(_ signals: [Signal]) { state.withLock { $0.listeners = signals } }
}

extension Settlement {
    /// Both as one, where this one is followed at once by the other and neither has to be apart.
    func joined(with next: Settlement) -> Settlement? {
        guard partner == next.partner, changes.upperBound == next.changes.lowerBound else { return nil }
        var joined = self
        joined.changes = changes.lowerBound..<next.changes.upperBound
        joined.counts.add(next.counts)
        joined.refusals += next.refusals
        joined.repeated += next.repeated
        joined.bookmark = next.bookmark ?? bookmark
        joined.time = next.time
        return joined
    }
}
