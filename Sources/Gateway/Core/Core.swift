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
    var histories = SeriesHistories()
    /// The minutes of each series whose late readings were not judged yet; in the file as well.
    var unjudged: [SeriesID: Set<Timestamp>] = [:]
    /// How many readings may still be passed over for the histories of single series before windows are closed next.
    var recallRowsLeft = Core.recallRowLimit
    /// Where the current round of sealing goes on.
    var sealedFrom = Timestamp.distantPast
    /// How far the last round went.
    var sealedUntil = Timestamp.distantPast
    var redelivery: RedeliveryFilter
    /// What the file has of it, and of the configuration below.
    var stored: (progress: RedeliveryFilter.Progress?, configuration: Int64)
    /// The one under which messages are taken in, or one before it when it is not known yet which that is.
    var configuration: Int64
    var uplinks: UplinkFilter
    var accounts = BatchAccounts()
    private var open: OpenMessage?
    var figures = CoreFigures()
    /// What became of the messages that were sent through again.
    var replayed = QuarantineOutcome()
    var settings: CoreSettings
    /// Where a former core filed the last reading without a time, of series that have sent none since.
    var earlierReceiptTimes: [SeriesID: Timestamp] = [:]
    var retentionClock: RetentionClock
    var quota = QuotaStanding()
    var clock = CoreClock()
    /// Boots in which something came before their clock was trusted, and how much of it waits.
    var boots: [Boot]
    var undatedCount: Int
    /// Whether ``dateUndated(limit:)`` has something to do once the clock is trusted.
    var mayHaveUndated: Bool
    /// When the last message of the broker came.
    var lastReceived = Timestamp.distantPast
    /// Whether what is known of times of receipt was let go since somebody took note of it.
    var haveReceiptTimesGone = false
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
        stored = (try Core.redeliveryProgress(in: store), try store.state(Core.configurationState) ?? 0)
        redelivery = RedeliveryFilter(progress: stored.progress, committed: kept)
        configuration = settings.configurationNumber
        if stored.configuration != configuration { redelivery.didReconfigure() }
        uplinks = UplinkFilter(
            committed: try store.uplinks().map { UplinkFilter.Batch(number: $0.batch, identities: $0.identities) })
        retentionClock = RetentionClock(
            believed: try store.state(Core.retentionState).map(Timestamp.init(milliseconds:)))
        quota.rawFloor = try store.state(Core.rawFloorState).map(Timestamp.init(milliseconds:)) ?? .distantPast
        boots = try store.boots()
        undatedCount = try store.undatedCount()
        mayHaveUndated = !boots.isEmpty
        let closedUntil = try store.state(Core.closedUntilState).map(Timestamp.init(milliseconds:))
        schedule = WindowSchedule(
            closedUntil: closedUntil ?? now - settings.latenessMilliseconds,
            latenessMilliseconds: settings.latenessMilliseconds,
            lateDelayMilliseconds: settings.lateDelayMilliseconds, calendar: settings.calendar)
        let storedSeries = try store.storedSeries()
        for stored in storedSeries {
            self.series.enter(stored)
            schedule.setLateness(stored.latenessMilliseconds, of: stored.id)
        }
        try recallHistories(of: storedSeries)
        try resumeSchedule()
        try equipHistories(of: storedSeries)
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
        case .replayed: break
        }
    }

    func connectionOpened(isResumed: Bool) throws(StorageError) {
        try commit()
        redelivery.connectionOpened(isResumed: isResumed)
        if redelivery.pendingChange.removeThrough == nil { return }
        // At once: what the session before this one left must not be taken for messages of this one after a crash.
        try store.begin()
        try commit()
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
        redelivery.didReconfigure()
        configuration = settings.configurationNumber
    }

    func take(_ header: MessageHeader) throws(StorageError) {
        figures.messages += 1
        try store.begin()
        if undatedCount > 0 { try fileWhatCameBefore(header) }
        noteReceipt(header)
        var message = OpenMessage(header: header)
        if header.packetID != 0 {
            message.isRedelivery = redelivery.isRedelivery(
                RedeliveryFilter.Entry(packetID: header.packetID, identity: header.identity),
                needsRecognition: header.needsIdentity)
        }
        switch header.origin {
        case .broker(uplink: 0): break
        case .broker(let uplink):
            if header.rejected == nil, uplinks.isKnown(uplink) { message.isRedelivery = true }
        case .quarantine(let row):
            if let accepted = try store.releaseQuarantined(row) {
                message.resume(after: accepted)
            } else {
                message.isVoid = true
            }
        }
        if !message.isVoid {
            accounts.update(header.source) {
                $0.messages.received += 1
                $0.readings.received += Int(header.readingCount)
                if header.droppedCount > 0 {
                    $0.readings.received += Int(header.droppedCount)
                    $0.readings.rejected[.personalData, default: 0] += Int(header.droppedCount)
                }
            }
        }
        open = message
        if message.isComplete { finishMessage() }
    }

    func take(_ reading: Reading) throws(StorageError) {
        guard var message = open else { preconditionFailure("a reading came before its message") }
        figures.readings += 1
        message.remainingReadings -= 1
        if message.isRedelivery {
            accounts.update(message.header.source) { $0.readings.duplicate += 1 }
        } else if !message.isVoid {
            try store(reading, of: &message)
        }
        open = message
        if message.isComplete { finishMessage() }
    }

    func take(_ copy: QuarantinedMessage) throws(StorageError) {
        guard var message = open else { preconditionFailure("a copy for the quarantine came before its message") }
        message.awaitsCopy = false
        let count = copy.rejection.readingCount
        if message.isVoid {
            // Nothing of it counts.
        } else if message.isRedelivery {
            accounts.update(message.header.source) {
                $0.readings.received += count
                $0.readings.duplicate += count
            }
        } else {
            var copy = copy
            if message.header.isUndated { copy.boot = try currentBoot().number }
            _ = try store.quarantine(
                copy, configuration: settings.configurationFingerprint, accepted: message.accepted, id: message.row)
            accounts.update(message.header.source) {
                $0.readings.received += count
                $0.readings.quarantined += count
            }
        }
        open = message
        if message.isComplete { finishMessage() }
    }

    private func finishMessage() {
        guard let message = open else { return }
        open = nil
        if message.isVoid { return }
        if message.isCertainlyNew(whileUndatedWait: undatedCount > 0) { redelivery.wasNew() }
        let ending = message.ending
        accounts.update(message.header.source) {
            $0.readings.stored += message.storedCount
            switch ending {
            case .stored: $0.messages.stored += 1
            case .duplicate: $0.messages.duplicate += 1
            case .quarantined: $0.messages.quarantined += 1
            case .rejected(let reason): $0.messages.rejected[reason, default: 0] += 1
            }
        }
        if message.row != nil { replayed.count(ending) }
    }

    func count(windows: Int, revisions: Int, tier: Tier) {
        figures.closedWindows[tier, default: 0] += windows
        figures.revisions += revisions
    }
}
