import Logging
import Telemetry
import Threading

/// What a partner's thread does, turn by turn.
///
/// It runs ahead of what is recorded: a sink to which nothing comes twice is sent the next batch while the commit of the last
/// is waited for. When the store fails, it begins anew where the file says.
struct ForwarderLoop {
    let owner: Forwarder
    private var reader: BatchReader
    var sink: (any Sink)?
    /// What waits, less what was handed in.
    private var pending = PendingChanges(from: 1)
    private var next: ChangeNumber = 1
    private var era: UInt64 = 0
    private var bookmark: String?
    private var isResumed = false
    private var work: WorkInProgress?
    /// Of what was handed in last.
    private var lastTicket: UInt64?
    var size = BatchSize(most: BatchSize.first)
    private var pacer: Pacer
    var backoff: Backoff
    var random = SystemRandomNumberGenerator()
    var nextAttempt: Int64 = 0
    /// Rows that were refused alone since one was taken.
    var refusedInRow = 0
    /// What is new is not due before, by the contract.
    private var nextDue: Timestamp?

    init(_ owner: Forwarder) {
        self.owner = owner
        let options = owner.options
        backoff = options.backoff
        reader = BatchReader(gateway: options.gateway, contract: options.contract, families: options.families)
        pacer = Pacer(rowsPerSecond: options.rowsPerSecond, now: MonotonicClock.milliseconds())
    }

    mutating func run() {
        while !owner.isStopping {
            let pause = turn()
            if pause > 0, !owner.isStopping { owner.signal.wait(milliseconds: Int32(clamping: min(pause, 60_000))) }
        }
        sink?.disconnect()
        owner.show { $0.state = .stopped }
    }

    /// - Returns: for how many milliseconds there is nothing to do, unless it is woken.
    private mutating func turn() -> Int64 {
        guard let now = owner.store.now else {
            owner.show { $0.state = .waitingForClock }
            return 1000
        }
        guard let standing = owner.store.standing(of: owner.options.name) else {
            owner.show { $0.state = .waitingForStorage }
            return 1000
        }
        if standing.era != era { begin(from: standing) }
        if owner.status.state == .waitingForClock { showReadiness() }
        next = standing.next
        let monotonic = MonotonicClock.milliseconds()
        if monotonic < nextAttempt { return nextAttempt - monotonic }
        do throws(FeedError) {
            if let pause = try findWork(now: now, monotonic: monotonic) { return pause }
        } catch {
            owner.logger.warning("partner \(owner.options.name): \(error.cause)")
            return 1000
        }
        return deliver(now: now)
    }

    private mutating func begin(from standing: PartnerStanding) {
        era = standing.era
        pending = standing.pending
        bookmark = standing.bookmark
        isResumed = false
        work = nil
        lastTicket = nil
        nextDue = nil
        showReadiness()
    }

    private func showReadiness() { owner.show { $0.state = $0.failingSince == nil ? .idle : .waitingToRetry } }

    // MARK: - What to send

    /// Reads the next batch unless there is one.
    /// - Returns: how long to wait where there is nothing that may go now; nil where there is.
    private mutating func findWork(now: Timestamp, monotonic: Int64) throws(FeedError) -> Int64? {
        if work != nil { return nil }
        if pending.open < next, let rate = owner.options.rowsPerSecond { try setBacklogApart(now: now, rate: rate) }
        let isDue = nextDue.map { $0 <= now } ?? true
        let range: Range<ChangeNumber>
        if pending.open < next, isDue {
            range = pending.open..<next
        } else if let stretch = pending.stretches.first {
            range = stretch
        } else {
            owner.show { $0.oldestPending = nil }
            return nextDue.map { max(1, min($0 - now, 60_000)) } ?? 60_000
        }
        let pause = pacer.wait(for: 1, now: monotonic)
        if pause > 0 { return pause }
        let rows = min(size.rows, pacer.allowance(now: monotonic))
        let isNew = range.lowerBound == pending.open
        var batch: Batch?
        try owner.store.read { reading throws(FeedError) in
            batch = try reader.read(range, mostRows: max(1, rows), now: now, from: reading)
        }
        guard let batch else { return 1000 }
        if isNew { nextDue = batch.rows.isEmpty && batch.changes.isEmpty ? batch.nextDue : nil }
        owner.show { $0.oldestPending = batch.since ?? $0.oldestPending }
        if batch.changes.isEmpty { return max(1, min((batch.nextDue ?? now) - now, 60_000)) }
        work = WorkInProgress(batch)
        return nil
    }

    /// Where what waits cannot go within half a minute, what is new goes first.
    private mutating func setBacklogApart(now: Timestamp, rate: Int) throws(FeedError) {
        guard next - pending.open > Int64(rate) * 30, pending.stretches.count < ForwarderLoop.mostStretches else {
            return
        }
        var first: ChangeNumber?
        try owner.store.read { reading throws(FeedError) in
            first = try reading.firstChange(since: now - ForwarderLoop.newMilliseconds)
        }
        pending.setApart(before: min(first ?? next, next))
    }

    /// A backlog that grows while another waits is set apart as well, so often; then all goes in order.
    private static let mostStretches = 32
    private static let newMilliseconds: Int64 = 60_000

    // MARK: - Sending

    /// Sends the next rows of the batch.
    /// - Returns: as ``turn()``.
    private mutating func deliver(now: Timestamp) -> Int64 {
        guard var work else { return 0 }
        defer { self.work = work.isSettled ? nil : work }
        guard let rows = work.machine.next(most: size.rows) else {
            handIn(&work, now: now)
            return 0
        }
        waitUntilRecorded()
        let began = MonotonicClock.milliseconds()
        do throws(SinkFailure) {
            let sink = try readySink()
            let delivery = try send(rows, of: &work, to: sink)
            size.answered(rows.count, milliseconds: MonotonicClock.milliseconds() - began)
            if let mark = delivery.bookmark { bookmark = mark }
            if let reason = work.machine.answered(rows, delivery.outcomes.map(masked)) {
                throw SinkFailure(.unavailable, operation: "deliver", place: owner.options.name, cause: reason)
            }
            succeeded(now: now)
        } catch {
            if owner.isStopping { return 0 }
            note(masked(error), sent: rows, of: &work, now: now)
        }
        handIn(&work, now: now)
        return max(0, nextAttempt - MonotonicClock.milliseconds())
    }

    private mutating func readySink() throws(SinkFailure) -> any Sink {
        let made: any Sink
        if let sink {
            made = sink
        } else {
            made = try owner.options.makeSink()
            sink = made
            size = BatchSize(most: made.traits.mostRows)
            owner.didMake(made)
        }
        if !isResumed {
            try made.resume(at: bookmark)
            isResumed = true
            // It may have been cancelled before it resumed.
            if owner.isStopping { made.cancel() }
        }
        return made
    }

    private mutating func send(
        _ rows: Range<Int>, of work: inout WorkInProgress, to sink: any Sink
    ) throws(SinkFailure) -> Delivery {
        if let doubtful = work.doubtful { work.repeated += doubtful.clamped(to: rows).count }
        work.doubtful = nil
        pacer.take(rows.count)
        let all = work.batch.rows
        return try sink.deliver(rows == all.indices ? all : Array(all[rows]))
    }

    // MARK: - Recording

    /// Hands in what is settled since the last time.
    private mutating func handIn(_ work: inout WorkInProgress, now: Timestamp) {
        guard let settlement = work.takeSettlement(partner: owner.options.name, bookmark: bookmark, time: now) else {
            return
        }
        let delivered = settlement.counts.delivered
        if delivered > 0 {
            owner.show {
                $0.deliveredSinceStart += delivered
                $0.lastDelivery = now
            }
        }
        pending.remove(settlement.changes)
        lastTicket = owner.store.record(settlement, era: era)
    }

    /// Where what is sent twice is there twice, nothing more is sent before the last is recorded.
    private mutating func waitUntilRecorded() {
        guard let sink, !sink.traits.isIdempotent, let ticket = lastTicket else { return }
        if !owner.store.isRecorded(ticket) { owner.store.hurry() }
        while !owner.isStopping, !owner.store.isRecorded(ticket),
            owner.store.standing(of: owner.options.name)?.era == era
        { owner.signal.wait(milliseconds: 100) }
        lastTicket = nil
    }
}
