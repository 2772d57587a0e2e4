@testable import Forwarding
import Synchronization
import Telemetry
import TestKit
import Threading

/// The gateway's side in memory: aggregates, the order in which they changed, and where a partner stands. What is handed in
/// becomes durable at once, or is lost with the store.
final class MemoryStore: ForwardingStore {
    struct State {
        var era: UInt64 = 1
        var isOpen = true
        var aggregates: [Tier: [Timestamp: [SeriesID: (aggregate: Aggregate, revision: Int)]]] = [:]
        var runs: [ChangeRun] = []
        var next: ChangeNumber = 1
        var series: [SeriesFacts] = []
        var pending = PendingChanges(from: 1)
        var bookmark: String?
        var counts = DeliveryCounts()
        var refusals: [RefusedAggregate] = []
        var repeated = 0
        var ticket: UInt64 = 0
        var recorded: UInt64 = 0
        /// Which settlements are lost with the store.
        var losesNext = false
        var clock = Timestamp(rfc3339: "2026-11-28T12:00:00Z")!
    }

    let state = Mutex(State())
    let signals = Mutex<[Signal]>([])

    var now: Timestamp? { state.withLock { $0.clock } }

    func standing(of partner: String) -> PartnerStanding? {
        state.withLock {
            $0.isOpen
                ? PartnerStanding(era: $0.era, pending: $0.pending, next: $0.next, bookmark: $0.bookmark) : nil
        }
    }

    func hurry() {}

    func record(_ settlement: Settlement, era: UInt64) -> UInt64 {
        defer { wake() }
        return state.withLock { state in
            state.ticket += 1
            guard state.era == era else { return state.ticket }
            if state.losesNext {
                state.losesNext = false
                state.era += 1
                return state.ticket
            }
            let removed = state.pending.remove(settlement.changes)
            precondition(removed == Int64(settlement.changes.count), "settled twice: \(settlement.changes)")
            precondition(settlement.counts.total == settlement.changes.count, "not all counted")
            precondition(settlement.changes.upperBound <= state.next, "settled what is to come")
            state.counts.add(settlement.counts)
            state.refusals += settlement.refusals
            state.repeated += settlement.repeated
            state.bookmark = settlement.bookmark ?? state.bookmark
            state.recorded = state.ticket
            return state.ticket
        }
    }

    func isRecorded(_ ticket: UInt64) -> Bool { state.withLock { $0.recorded >= ticket } }

    func read(_ body: (any ChangeReading) throws(FeedError) -> Void) throws(FeedError) {
        let reading = state.withLock { MemoryReading(state: $0) }
        try body(reading)
    }

    func wake() { for signal in signals.withLock({ $0 }) { signal.raise() } }

    /// Writes aggregates of one window, and notes them as a run each where their numbers do not follow each other.
    func write(
        _ window: Window, _ series: [SeriesID], count: Int = 1,
        change: (inout Aggregate, SeriesID) -> Void = { _, _ in }
    ) {
        state.withLock { state in
            for id in series {
                var aggregate = Aggregate(window: window, count: count, expected: 6)
                change(&aggregate, id)
                let revision = (state.aggregates[window.tier]?[window.start]?[id]?.revision ?? 0) + 1
                state.aggregates[window.tier, default: [:]][window.start, default: [:]][id] = (aggregate, revision)
                state.runs.append(
                    ChangeRun(
                        numbers: state.next..<state.next + 1, tier: window.tier, start: window.start, firstSeries: id,
                        revision: revision, committed: state.clock))
                state.next += 1
            }
        }
        wake()
    }
}

struct MemoryReading: ChangeReading {
    let state: MemoryStore.State

    func changes(
        in range: Range<ChangeNumber>, _ visit: (ChangeRun) throws(FeedError) -> Bool
    ) throws(FeedError) {
        for run in state.runs {
            guard let part = run.clamped(to: range) else { continue }
            if !(try visit(part)) { return }
        }
    }

    func firstChange(since time: Timestamp) throws(FeedError) -> ChangeNumber? {
        state.runs.first { $0.committed >= time }?.numbers.lowerBound
    }

    func aggregates(
        _ tier: Tier, start: Timestamp, series: ClosedRange<SeriesID>, hasPercentiles: Bool,
        _ visit: (SeriesID, Aggregate, Int) -> Void
    ) throws(FeedError) {
        let window = state.aggregates[tier]?[start] ?? [:]
        for (id, stored) in window.sorted(by: { $0.key < $1.key }) where series.contains(id) {
            visit(id, stored.aggregate, stored.revision)
        }
    }

    func aggregates(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID, _ visit: (Aggregate) -> Void
    ) throws(FeedError) {
        for (start, window) in (state.aggregates[tier] ?? [:]).sorted(by: { $0.key < $1.key })
        where range.contains(start) {
            if let stored = window[series] { visit(stored.aggregate) }
        }
    }

    func series() throws(FeedError) -> [SeriesFacts] { state.series }
}
