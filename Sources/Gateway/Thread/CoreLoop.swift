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
    var settings: CoreSettings
    private(set) var logger: Logger
    var clock: ClockKeeper
    let stepWatch = ClockStepWatch()
    var hasLookedAtClock = false
    var clockWasSet = false
    var core: Core?
    /// What outlives a core: what the decoder announced, and will not announce again.
    var series = SeriesTable()
    var sources: [String]
    /// After a failure: everything up to the next connection is let go, since the broker delivers it again.
    var isDiscarding = false
    var replay: ReplayInProgress?
    var failure: (error: StorageError, since: Timestamp)?
    /// Why the file must be set aside before it is opened again.
    var damage: StorageError?
    var salvage: Salvage?
    var scrub: PageScrub
    var nextScrub: Int64 = 0
    var nextAttempt: Int64 = 0
    var nextTick: Int64 = 0
    /// As told in the log.
    var announcedQuota = QuotaStanding.Condition.none
    var nextRetention = Timestamp.distantPast
    /// What the file told of each sensor when it was opened.
    var remembered: [SensorSnapshot] = []
    var commits = CommitTimes()
    var wear: WearKeeper
    /// Where the file was when it was opened last.
    var place: DatabasePlace?
    /// Windows are written with the next commit, or with one of their own when none has come for an interval.
    var hasUncommittedWindows = false
    /// The same of what partners were sent.
    var hasUncommittedDeliveries = false
    var lastCommitted: Int64 = 0
    var messageRate: RateMeter
    var readingRate: RateMeter
    private var hasPopped = false
    /// While the store does not work, what it held last is shown beside the failure: zeros would say that it is empty.
    var shown = CoreSnapshot()

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

    private mutating func finish() {
        guard core?.isBetweenMessages ?? false else { return }
        do throws(StorageError) {
            try commit()
        } catch {
            logger.error("the last commit failed, the broker will deliver again: \(error)")
        }
        core = nil
    }
}
