import Logging
import Processing
import Storage
import Synchronization
import Telemetry
import Threading

/// What the core's thread does, turn by turn. Noncopyable: it lives on that thread's stack.
struct CoreLoop: ~Copyable {
    let thread: CoreThread
    private var consumer: Ring<IntakeItem>.Consumer
    let path: String
    let storeOptions: StoreOptions
    private(set) var settings: CoreSettings
    private(set) var logger: Logger
    var clock: ClockKeeper
    let stepWatch = ClockStepWatch()
    var hasLookedAtClock = false
    var clockWasSet = false
    var core: Core?
    /// What outlives a core: what the decoder announced, and will not announce again.
    private var series = SeriesTable()
    private var sources: [String]
    /// After a failure: everything up to the next connection is let go, since the broker delivers it again.
    var isDiscarding = false
    var replay: ReplayInProgress?
    private var failure: (error: StorageError, since: Timestamp)?
    /// Why the file must be set aside before it is opened again.
    var damage: StorageError?
    var salvage: Salvage?
    var scrub: PageScrub
    var nextScrub: Int64 = 0
    private var nextAttempt: Int64 = 0
    var nextTick: Int64 = 0
    /// As told in the log.
    var announcedQuota = QuotaStanding.Condition.none
    private var nextRetention = Timestamp.distantPast
    /// What the file told of each sensor when it was opened.
    private var remembered: [SensorSnapshot] = []
    var commits = CommitTimes()
    var wear: WearKeeper
    /// Where the file was when it was opened last.
    var place: DatabasePlace?
    /// Windows are written with the next commit, or with one of their own when none has come for an interval.
    private var hasUncommittedWindows = false
    /// The same of what partners were sent.
    var hasUncommittedDeliveries = false
    private var lastCommitted: Int64 = 0
    private var messageRate: RateMeter
    private var readingRate: RateMeter
    private var hasPopped = false
    /// While the store does not work, what it held last is shown beside the failure: zeros would say that it is empty.
    private var shown = CoreSnapshot()

    init(
        thread: CoreThread, consumer: consuming Ring<IntakeItem>.Consumer, path: String, storeOptions: StoreOptions,
        settings: CoreSettings, sources: [String], clock: GatewayClock, logger: Logger
    ) {
        self.thread = thread
        self.consumer = consumer
        self.path = path
        scrub = PageScrub(path: path)
        self.storeOptions = storeOptions
        self.settings = settings
        self.sources = sources
        self.clock = ClockKeeper(clock)
        self.logger = logger
        wear = WearKeeper(settings: settings.wear, now: MonotonicClock.milliseconds())
        let second = MonotonicClock.milliseconds() / 1000
        messageRate = RateMeter(second: second)
        readingRate = RateMeter(second: second)
    }

    mutating func run() {
        while true {
            let isStopping = thread.isStopping
            turn()
            if hasPopped { continue }
            if isStopping { break }
            sleepUntilWork()
        }
        finish()
    }

    private mutating func turn() {
        let monotonic = MonotonicClock.milliseconds()
        thread.heartbeat.store(monotonic, ordering: .relaxed)
        if core == nil { onDisk(.opening) { $0.openStore(at: monotonic) } }
        core?.tell(now: clock.clock.now)
        if stepWatch.takeStep() { clockWasSet = true }
        do throws(StorageError) {
            try drain()
            if core?.isBetweenMessages ?? false {
                try onDisk(.upkeep) { loop throws(StorageError) in try loop.doTimedWork(at: monotonic) }
            }
        } catch {
            fail(error)
        }
        if wear.isDue(at: monotonic) {
            lookAtWear(at: monotonic, messagesPerSecond: messageRate.perSecond(over: 60, at: monotonic / 1000))
        }
        if thread.snapshots.takeRequest() { publishSnapshot(at: monotonic) }
    }

    /// Takes a bounded number of items, so that the clock's work has its turn under load.
    private mutating func drain() throws(StorageError) {
        hasPopped = false
        let before = (core?.figures.messages ?? 0, core?.figures.readings ?? 0)
        for _ in 0..<CoreLoop.itemsInOneTurn {
            guard let item = consumer.pop() else { break }
            hasPopped = true
            try take(item)
        }
        guard hasPopped, let core else { return }
        let second = MonotonicClock.milliseconds() / 1000
        messageRate.add(max(0, core.figures.messages - before.0), at: second)
        readingRate.add(max(0, core.figures.readings - before.1), at: second)
    }

    private static var itemsInOneTurn: Int { 2048 }

    private mutating func take(_ item: consuming IntakeItem) throws(StorageError) {
        switch consume item {
        case .reading(let reading):
            if !isDiscarding { try core?.take(reading) }
        case .message(let header):
            if !isDiscarding { try core?.take(header) }
        case .quarantined(let copy):
            if !isDiscarding { try core?.take(copy.value) }
        case .series(let announced):
            if let core { core.series.announce(announced.value) } else { series.announce(announced.value) }
        case .sources(let names):
            sources = names.value
            try core?.setSources(sources)
        case .connectionOpened(let isResumed):
            isDiscarding = core == nil
            try core?.connectionOpened(isResumed: isResumed)
        case .subscriptions(let filters):
            if !isDiscarding { try core?.setSubscriptions(filters.value) }
        case .commit(let number):
            if isDiscarding || core == nil { return }
            try commit()
            thread.intake.didCommit(number)
        case .replayed(let request): try didReplay(request)
        }
    }

    mutating func commit() throws(StorageError) {
        guard let core else { return }
        if core.store.hasUncommitted { try commitTransaction(of: core) }
        hasUncommittedWindows = false
        hasUncommittedDeliveries = false
        // Also what the core has committed by itself.
        thread.deliveries.didCommit(next: core.store.nextChange)
    }

    private mutating func commitTransaction(of core: Core) throws(StorageError) {
        try wear.keep(in: core.store)
        let began = MonotonicClock.microseconds()
        try onDisk(.commit) { _ throws(StorageError) in try core.commit() }
        let ended = MonotonicClock.microseconds()
        note(commitMilliseconds: Double(ended - began) / 1000)
        lastCommitted = ended / 1000
    }

    // MARK: - By the clock

    private mutating func doTimedWork(at monotonic: Int64) throws(StorageError) {
        if let settings = thread.takeNewSettings() { try adopt(settings) }
        try attendToDeliveries()
        if let core, let request = thread.desk.takeRequest() { try attendToQuarantine(request, core: core) }
        if clockWasSet || monotonic >= nextTick { checkClock() }
        try dateWaiting()
        // Nothing is computed, sealed or removed of what is not all there.
        if try goOnSalvaging() { return }
        guard monotonic >= nextTick, let core else { return }
        nextTick = monotonic + 1000
        try scrubPages(at: monotonic)
        // Under a wrong clock no window ends and nothing grows old; what waited for it goes into its windows first.
        guard core.clock.isTrusted else {
            try core.removeLongUndated(sinceBoot: clock.clock.source.sinceBoot())
            return try commit()
        }
        guard core.undatedCount == 0 else { return }
        if try core.closeWindows() { hasUncommittedWindows = true }
        if hasUncommittedWindows || hasUncommittedDeliveries, monotonic - lastCommitted >= wear.budget.interval {
            try commit()
        }
        try seal(core)
        if core.now >= nextRetention || nextRetention - core.now > CoreLoop.retentionPause {
            var isMoreLeft = try core.removeExpired(monotonic: monotonic)
            try commit()
            if try expireDeliveries() { isMoreLeft = true }
            if !isMoreLeft { nextRetention = core.now + CoreLoop.retentionPause }
        }
        try keepWithinQuota(core, at: monotonic)
    }

    private static var retentionPause: Int64 { 3_600_000 }

    private mutating func seal(_ core: Core) throws(StorageError) {
        guard core.hasToSeal else { return }
        _ = try core.seal()
        for damage in try core.store.removeDamagedSegments() {
            logger.error("a segment's readings are lost: \(damage)")
        }
        try commit()
    }

    private mutating func adopt(_ settings: CoreSettings) throws(StorageError) {
        let arePartnersOthers =
            settings.partners.map(\.name) != self.settings.partners.map(\.name)
            || settings.partners.map(\.backlogMilliseconds) != self.settings.partners.map(\.backlogMilliseconds)
        self.settings = settings
        core?.settings = settings
        core?.schedule.latenessMilliseconds = settings.latenessMilliseconds
        core?.schedule.lateDelayMilliseconds = settings.lateDelayMilliseconds
        nextRetention = .distantPast
        beginScrub()
        guard let core else { return }
        // Of all series at once: one by one, as they are announced, each would be looked for in the file by itself.
        try core.equipHistories(of: try core.store.storedSeries())
        try commit()
        // Else all would begin anew from what is recorded.
        if arePartnersOthers { try openDeliveries() }
    }

    private borrowing func sleepUntilWork() {
        let until = core == nil ? nextAttempt : salvage != nil ? 0 : nextTick
        let pause = max(1, min(1000, until - MonotonicClock.milliseconds()))
        thread.wakeUp.announceSleep()
        if consumer.hasElement || thread.isStopping {
            thread.wakeUp.stayAwake()
        } else {
            thread.wakeUp.sleep(milliseconds: Int32(pause), or: stepWatch.descriptor)
        }
    }

    // MARK: - When the store fails

    private mutating func openStore(at monotonic: Int64) {
        guard monotonic >= nextAttempt else { return }
        nextAttempt = monotonic + 1000
        do throws(StorageError) {
            try claimDatabase()
            let store = try openRepaired()
            try store.probe(now: clock.clock.now)
            try wear.recall(from: store)
            let made = try Core(
                store: store, settings: settings, series: series, sources: sources, now: clock.clock.now)
            remembered = try SensorView.remembered(
                store.reader, now: clock.clock.now, rawRetentionMilliseconds: settings.rawRetentionMilliseconds)
            core = made
            place = DatabasePlace(of: path)
            try openDeliveries()
        } catch {
            core = nil
            salvage = nil
            releaseDatabase(after: error)
            note(error, whileOpen: false)
            if error.isDamage { nextAttempt = monotonic }
            if failure == nil || failure?.error.code != error.code {
                logger.error("storage is not ready: \(error)")
            }
            failure = (error, failure?.since ?? .now())
            return
        }
        if let failure { logger.notice("storage works again, after \((Timestamp.now() - failure.since) / 1000) s") }
        failure = nil
        checkClock()
        thread.intake.raiseFloor(to: core?.quota.rawFloor ?? .distantPast)
        thread.intake.didRecover()
    }

    /// Nothing of the transaction is acknowledged, so nothing is lost: the broker delivers it again.
    private mutating func fail(_ error: StorageError) {
        logger.error("storage failed, the broker will deliver again what was not committed: \(error)")
        if let core {
            core.store.rollback()
            series = core.series
        }
        core = nil
        salvage = nil
        releaseDatabase(after: error)
        note(error, whileOpen: true)
        hasUncommittedWindows = false
        hasUncommittedDeliveries = false
        thread.deliveries.didClose()
        isDiscarding = true
        failure = (error, .now())
        nextAttempt = MonotonicClock.milliseconds() + 1000
        refuseReplay("the storage has failed: \(error.cause)")
        thread.intake.didFail()
    }

    private mutating func finish() {
        guard core?.isBetweenMessages ?? false else { return }
        do throws(StorageError) {
            try commit()
        } catch {
            logger.error("the last commit failed, the broker will deliver again: \(error)")
        }
        core = nil
    }

    // MARK: - Showing

    private mutating func publishSnapshot(at monotonic: Int64) {
        var snapshot = shown
        let second = monotonic / 1000
        snapshot.messagesPerSecond = (
            messageRate.perSecond(over: 10, at: second), messageRate.perSecond(over: 300, at: second)
        )
        snapshot.readingsPerSecond = (
            readingRate.perSecond(over: 10, at: second), readingRate.perSecond(over: 300, at: second)
        )
        snapshot.failure = failure
        snapshot.salvage = salvage?.progress
        snapshot.commits = commits
        snapshot.wear = wear.snapshot
        snapshot.nextRetention = nextRetention == .distantPast ? nil : nextRetention
        if let core {
            snapshot.figures = core.figures
            snapshot.sensors = core.sensors(besides: remembered)
            snapshot.windowsWaiting = core.schedule.waitingCount
            snapshot.closedUntil = core.schedule.closedUntil
            snapshot.undated = core.undatedCount
            snapshot.clock = (clock.trust.verdict, clock.trust.lastStep)
            // A failing store shows itself at the next commit; the view goes on with what it has.
            snapshot.ledger = (try? core.store.ledger()) ?? shown.ledger
            snapshot.storedPartners = (try? core.store.withoutReadings.partners()) ?? shown.storedPartners
            snapshot.partners = (try? core.store.withoutReadings.partnerLedgers()) ?? shown.partners
            snapshot.lostReadings = (try? core.store.reader.lostReadings()) ?? shown.lostReadings
            snapshot.databaseBytes = (try? core.store.sizeBytes()) ?? shown.databaseBytes
            snapshot.space = (try? SpaceSnapshot(core.store.reader, core.settings.quota, core.quota)) ?? shown.space
        }
        shown = snapshot
        thread.snapshots.publish(snapshot)
    }
}

extension Core {
    /// The latest reading of each series: since the start, or what the file remembers.
    func sensors(besides remembered: [SensorSnapshot]) -> [SensorSnapshot] {
        let live = liveSensors
        let heard = Set(live.map { SeriesIdentity(device: $0.device, quantity: $0.quantity) })
        return live
            + remembered.filter { !heard.contains(SeriesIdentity(device: $0.device, quantity: $0.quantity)) }
    }

    private var liveSensors: [SensorSnapshot] {
        series.live.compactMap { live in
            guard let latest = live.latest, !live.isSuperseded else { return nil }
            return SensorSnapshot(
                device: live.series.device, deviceType: live.series.deviceType, quantity: live.series.quantity.name,
                unit: live.series.quantity.unit, value: latest.value, time: latest.time, flag: latest.flag,
                storedCount: live.storedCount, intervalMilliseconds: live.series.intervalMilliseconds)
        }
    }
}
