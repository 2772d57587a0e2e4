import Processing
import Storage
import Telemetry

/// Turns what comes out of the ring into rows: duplicate check, quality control, storage, ledger, aggregates.
///
/// One thread. When anything throws, the transaction is lost and so is the core: make a new one from a new store, and
/// let the broker deliver again. What the store holds is all that a core needs to go on.
final class Core {
    let store: Store
    var series: SeriesTable
    var schedule: WindowSchedule
    private var redelivery: RedeliveryFilter
    /// The broker's window as the file has it.
    private var storedWindow: Int
    var accounts = BatchAccounts()
    private var open: OpenMessage?
    var figures = CoreFigures()
    var settings: CoreSettings {
        didSet { redelivery.configure(window: settings.brokerWindow) }
    }
    var observer: (any CoreObserver)?
    var retentionClock: RetentionClock
    /// The gateway's clock, as last told.
    private(set) var now: Timestamp

    /// - Parameters:
    ///   - series: what a former core knew, announced by a decoder that is still at work.
    ///   - now: the gateway's clock.
    init(store: Store, settings: CoreSettings, series: SeriesTable, sources: [String], now: Timestamp)
        throws(StorageError)
    {
        self.store = store
        self.settings = settings
        self.series = series
        self.series.forgetStored()
        self.now = now
        accounts.setSources(sources)
        let kept = try store.unacknowledged().map { batch in
            RedeliveryFilter.Batch(
                number: batch.batch,
                entries: batch.entries.map { RedeliveryFilter.Entry(packetID: $0.packetID, identity: $0.identity) })
        }
        storedWindow = Int(try store.state(Core.windowState) ?? 0)
        redelivery = RedeliveryFilter(window: settings.brokerWindow, earlierWindow: storedWindow, committed: kept)
        retentionClock = RetentionClock(
            believed: try store.state(Core.retentionState).map(Timestamp.init(milliseconds:)))
        let closedUntil = try store.state(Core.closedUntilState).map(Timestamp.init(milliseconds:))
        schedule = WindowSchedule(
            closedUntil: closedUntil ?? now - settings.latenessMilliseconds,
            latenessMilliseconds: settings.latenessMilliseconds,
            lateDelayMilliseconds: settings.lateDelayMilliseconds, calendar: settings.calendar)
        for stored in try store.storedSeries() { self.series.enter(stored) }
        try resumeSchedule()
    }

    /// No message is half taken in, so that a commit would hold whole messages only.
    var isBetweenMessages: Bool { open == nil }

    func tell(now: Timestamp) { self.now = now }

    // MARK: - Messages

    /// Takes what came out of the ring. A request to commit is the caller's to carry out.
    func take(_ item: consuming IntakeItem) throws(StorageError) {
        switch consume item {
        case .reading(let reading): try take(reading)
        case .message(let header): try take(header)
        case .quarantined(let copy): try take(copy.value)
        case .series(let announced): series.announce(announced.value)
        case .sources(let names): try setSources(names.value)
        case .connectionOpened(let isResumed): try connectionOpened(isResumed: isResumed)
        case .subscriptions(let filters): try setSubscriptions(filters.value)
        case .commit: break
        }
    }

    func connectionOpened(isResumed: Bool) throws(StorageError) {
        try commit()
        redelivery.connectionOpened(isResumed: isResumed)
    }

    /// Noted at once: a later start must know what to take back, whether or not a message comes meanwhile.
    func setSubscriptions(_ filters: [String]) throws(StorageError) {
        guard try store.reader.subscriptions() != filters.sorted() else { return }
        try store.setSubscriptions(filters)
        try commit()
    }

    func setSources(_ names: [String]) throws(StorageError) {
        try commit()
        accounts.setSources(names)
    }

    func take(_ header: MessageHeader) throws(StorageError) {
        figures.messages += 1
        try store.begin()
        var message = OpenMessage(header: header)
        if header.needsIdentity {
            let entry = RedeliveryFilter.Entry(packetID: header.packetID, identity: header.identity)
            message.isRedelivery = redelivery.isRedelivery(entry)
        }
        accounts.update(header.source) {
            $0.messages.received += 1
            $0.readings.received += Int(header.readingCount)
        }
        open = message
        if message.isComplete { finishMessage() }
    }

    func take(_ reading: Reading) throws(StorageError) {
        guard var message = open else { preconditionFailure("a reading came before its message") }
        figures.readings += 1
        message.remainingReadings -= 1
        let outcome = message.isRedelivery ? .duplicate : try store(reading)
        switch outcome {
        case .stored: message.storedCount += 1
        case .duplicate: accounts.update(message.header.source) { $0.readings.duplicate += 1 }
        case .conflict(let existing):
            if try quarantineConflict(reading, existing: existing, header: message.header) {
                message.hasConflict = true
            }
        }
        open = message
        if message.isComplete { finishMessage() }
    }

    func take(_ copy: QuarantinedMessage) throws(StorageError) {
        guard var message = open else { preconditionFailure("a copy for the quarantine came before its message") }
        message.awaitsCopy = false
        let count = copy.rejection.readingCount
        if message.isRedelivery {
            accounts.update(message.header.source) {
                $0.readings.received += count
                $0.readings.duplicate += count
            }
        } else {
            _ = try store.quarantine(copy, configuration: settings.configurationFingerprint)
            accounts.update(message.header.source) {
                $0.readings.received += count
                $0.readings.quarantined += count
            }
            observer?.rejected(copy)
        }
        open = message
        if message.isComplete { finishMessage() }
    }

    private func finishMessage() {
        guard let message = open else { return }
        open = nil
        accounts.update(message.header.source) {
            $0.readings.stored += message.storedCount
            if message.isRedelivery {
                $0.messages.duplicate += 1
            } else if let reason = message.header.rejected {
                $0.messages.rejected[reason, default: 0] += 1
            } else if message.header.isQuarantined || message.hasConflict {
                $0.messages.quarantined += 1
            } else if message.storedCount > 0 {
                $0.messages.stored += 1
            } else {
                $0.messages.duplicate += 1
            }
        }
    }

    // MARK: - Commit

    static let closedUntilState = "closed_until"
    static let windowState = "broker_window"

    /// Makes everything taken so far durable: rows, ledger, and what recognises redeliveries, together.
    func commit() throws(StorageError) {
        precondition(isBetweenMessages, "a commit must not cut a message in two")
        guard store.hasUncommitted else { return }
        for account in accounts.changed { try store.add(account) }
        let change = redelivery.pendingChange
        if let through = change.removeThrough { try store.removeUnacknowledged(through: through) }
        if let batch = change.added {
            try store.addUnacknowledged(
                batch: batch.number, entries: batch.entries.map { ($0.packetID, $0.identity) })
        }
        try store.setState(Core.closedUntilState, schedule.closedUntil.milliseconds)
        if redelivery.window != storedWindow { try store.setState(Core.windowState, Int64(redelivery.window)) }
        try store.commit()
        storedWindow = redelivery.window
        redelivery.didCommit()
        accounts.clear()
        figures.commits += 1
    }

    func count(windows: Int, revisions: Int, tier: Tier) {
        figures.closedWindows[tier, default: 0] += windows
        figures.revisions += revisions
    }
}

/// A message of which not all has come out of the ring yet.
private struct OpenMessage {
    let header: MessageHeader
    var remainingReadings: Int
    var awaitsCopy: Bool
    var isRedelivery = false
    var hasConflict = false
    var storedCount = 0

    init(header: MessageHeader) {
        self.header = header
        remainingReadings = Int(header.readingCount)
        awaitsCopy = header.isQuarantined
    }

    var isComplete: Bool { remainingReadings == 0 && !awaitsCopy }
}
