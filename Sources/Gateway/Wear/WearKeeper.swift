import Processing
import Storage
import Telemetry

/// Measures what the process writes, keeps the day's account of it, and stretches commits to a budget. The core's thread.
struct WearKeeper {
    private var settings: WearSettings
    private let measure: () -> Int64?
    private var account = WearAccount()
    private var pace = WritePace()
    private(set) var budget: FlashBudget
    /// What the file tells of an earlier process, until a clock says whether that was today.
    private var earlier: (dayStart: Timestamp, written: Int64)?
    private var hasEarlier = false
    /// Bytes since the process began, as told last.
    private var total: Int64 = 0
    private var counted: Int64 = 0
    private var isMeasured = true
    private var window = (messages: 0, fill: Int64?.none)
    private var nextLook: Int64
    private var announced: (verdict: FlashBudget.Verdict, interval: Int64)
    private var kept: WearAccount?

    static let pause: Int64 = 5000

    /// - Parameter measure: what the process has written since it began, in bytes; nil where nobody measures that.
    init(settings: WearSettings, now: Int64, measure: @escaping () -> Int64? = ProcessWrites.bytes) {
        self.settings = settings
        self.measure = measure
        budget = FlashBudget(rules: settings.rules, now: now)
        nextLook = now
        announced = (settings.budgetBytesPerDay == nil ? .none : .within, settings.commitInterval)
    }

    /// What is known of the world at a look.
    struct Circumstances {
        /// Today, and what time it is; nil while no clock is believed.
        var day: (range: Range<Timestamp>, now: Timestamp)?
        /// What this store's connection has had written; nil while there is no store. Asked where the kernel does not tell.
        var storeBytes: () -> Int64?
        var messagesPerSecond: Double
        /// How many messages the broker sends without an acknowledgement; 0 where that is not known yet.
        var window: Int
    }

    /// Whether a ``look(_:settings:at:)`` is due.
    func isDue(at monotonic: Int64) -> Bool { monotonic >= nextLook }

    /// - Returns: what the log should say, if anything changed.
    mutating func look(_ world: Circumstances, settings: WearSettings, at monotonic: Int64) -> String? {
        nextLook = monotonic + WearKeeper.pause
        self.settings = settings
        let grown = growth(storeBytes: world.storeBytes)
        account.add(grown, on: world.day?.range)
        if let earlier, account.day != nil {
            account.resume(dayStart: earlier.dayStart, written: earlier.written)
            self.earlier = nil
        }
        total += grown
        pace.note(total: total, at: monotonic)
        let fill =
            world.window > 0 && world.messagesPerSecond > 0
            ? Int64(Double(world.window) / world.messagesPerSecond * 1000) : nil
        window = (world.window, fill)
        budget.decide(
            settings.rules,
            FlashBudget.Standing(
                written: account.written, dayLeft: world.day.map { $0.range.upperBound - $0.now },
                pace: pace.perDay(since: budget.changedAt), observed: pace.observed(since: budget.changedAt),
                windowFill: fill), now: monotonic)
        return announcement()
    }

    /// The kernel's count where there is one; else the pages that went into the log, and once more into the database.
    private mutating func growth(storeBytes: () -> Int64?) -> Int64 {
        if let bytes = measure() {
            isMeasured = true
            return max(0, bytes - total)
        }
        isMeasured = false
        guard let storeBytes = storeBytes() else { return 0 }
        defer { counted = storeBytes }
        // A new connection counts from 0.
        return storeBytes >= counted ? storeBytes - counted : storeBytes
    }

    /// Small steps are not worth a line each.
    private mutating func announcement() -> String? {
        let (verdict, interval) = (budget.verdict, budget.interval)
        let isStep = interval >= 2 * announced.interval || 2 * interval <= announced.interval
        guard verdict != announced.verdict || (verdict == .stretched && isStep) else { return nil }
        let wasQuiet = announced.verdict == .none || announced.verdict == .within
        announced = (verdict, interval)
        if wasQuiet, verdict == .none || verdict == .within { return nil }
        return snapshot.remark ?? "the commit interval is \(MeasureWords.text(interval)) again, as configured"
    }

    // MARK: - The day's account in the file

    private static let dayState = "wear_day"
    private static let writtenState = "wear_written"

    /// Takes over what the file tells, the first time that one is opened.
    mutating func recall(from store: Store) throws(StorageError) {
        guard !hasEarlier else { return }
        if let start = try store.state(WearKeeper.dayState), let written = try store.state(WearKeeper.writtenState) {
            earlier = (Timestamp(milliseconds: start), written)
        }
        hasEarlier = true
    }

    /// With what is committed anyway: this is not worth a commit of its own.
    mutating func keep(in store: Store) throws(StorageError) {
        guard let day = account.day, account != kept, store.hasUncommitted else { return }
        try store.setState(WearKeeper.dayState, day.lowerBound.milliseconds)
        try store.setState(WearKeeper.writtenState, account.written)
        kept = account
    }

    var snapshot: WearSnapshot {
        WearSnapshot(
            writtenToday: account.written, perDay: pace.perDay(since: nextLook - WearKeeper.pause - 900_000),
            isMeasured: isMeasured,
            budget: settings.budgetBytesPerDay, configuredInterval: settings.commitInterval,
            keepAliveSeconds: settings.keepAliveSeconds, interval: budget.interval, verdict: budget.verdict,
            bound: budget.bound, window: window.messages, windowFill: window.fill)
    }
}
