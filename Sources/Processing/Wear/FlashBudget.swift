/// Decides how far apart commits are, so that no more is written on a day than a budget allows. Without clock and I/O.
///
/// What a commit writes is in part the same however much it holds: the longer the interval, the less is written. So the
/// interval grows while the pace would use up the day's rest too early, and shrinks again, at most by half at a time,
/// where even that cannot bring the pace beyond it.
public struct FlashBudget: Sendable {
    /// What the configuration says.
    public struct Rules: Sendable, Hashable {
        /// Nil without a budget.
        public var bytesPerDay: Int64?
        /// In milliseconds; it is never shorter.
        public var interval: Int64
        /// What the keepalive lets it be.
        public var longest: Int64

        public init(bytesPerDay: Int64?, interval: Int64, longest: Int64) {
            self.bytesPerDay = bytesPerDay
            self.interval = interval
            self.longest = max(interval, longest)
        }
    }

    /// How it stands at a moment.
    public struct Standing: Sendable {
        /// Bytes of today.
        public var written: Int64
        /// Milliseconds to the end of the day; nil where nobody knows.
        public var dayLeft: Int64?
        /// Bytes a day, with commits as they were since ``FlashBudget/changedAt``, and for how long that was looked at.
        public var pace: Double?
        public var observed: Int64
        /// How long until the broker has sent all it sends without an acknowledgement; nil while nothing comes.
        public var windowFill: Int64?

        public init(written: Int64, dayLeft: Int64?, pace: Double?, observed: Int64, windowFill: Int64?) {
            self.written = written
            self.dayLeft = dayLeft
            self.pace = pace
            self.observed = observed
            self.windowFill = windowFill
        }
    }

    public enum Verdict: String, Sendable, Hashable {
        case none
        /// With the interval that is configured.
        case within
        case stretched
        /// More would be written than is left, however far it is stretched.
        case exceeded
        /// Today's budget is used up.
        case spent
    }

    /// What keeps it from being stretched further.
    public enum Bound: String, Sendable, Hashable {
        case window
        case keepAlive
    }

    /// What is in force, in milliseconds.
    public private(set) var interval: Int64
    public private(set) var verdict = Verdict.none
    /// Nil where it could be stretched further.
    public private(set) var bound: Bound?
    /// When the interval was decided last, of the clock that never steps.
    public private(set) var changedAt: Int64
    private var rules: Rules
    /// What was decided, whatever the broker's window lets be of it at the moment.
    private var wanted: Int64

    private enum Excess { case none, some, much }

    /// How long a pace is looked at before it is believed: the log goes into the database in lumps.
    private static func patience(_ excess: Excess) -> Int64 {
        switch excess {
        case .much: 300_000
        case .some: 900_000
        case .none: 1_800_000
        }
    }

    public init(rules: Rules, now: Int64) {
        self.rules = rules
        interval = rules.interval
        wanted = rules.interval
        changedAt = now
    }

    public mutating func decide(_ rules: Rules, _ standing: Standing, now: Int64) {
        if rules != self.rules { adopt(rules, now: now) }
        guard let budget = rules.bytesPerDay else {
            (interval, verdict, bound) = (rules.interval, .none, nil)
            return
        }
        let limit = max(rules.interval, min(rules.longest, standing.windowFill ?? .max))
        let pace = standing.observed >= FlashBudget.patience(.much) ? standing.pace : nil
        // In the day's last hour, as if it had an hour: what is left of the budget may go, but not in a minute.
        let left = Double(max(0, budget - standing.written))
        let allowed = standing.dayLeft.map { left / Double(max($0, 3_600_000)) * 86_400_000 } ?? Double(budget)
        let isSpent = standing.dayLeft != nil && standing.written >= budget
        if isSpent {
            set(rules.longest, now: now)
        } else if let pace {
            let factor = pace / (0.9 * allowed)
            let excess: Excess = factor > 1.5 ? .much : .some
            if pace > allowed, wanted < limit, standing.observed >= FlashBudget.patience(excess) {
                set(min(limit, stretched(by: min(4, max(1.25, factor)))), now: now)
            } else if factor <= 0.8, wanted > rules.interval, standing.observed >= FlashBudget.patience(.none) {
                set(max(rules.interval, stretched(by: max(0.5, factor))), now: now)
            }
        }
        interval = min(wanted, limit)
        let isAtLimit = interval >= limit
        bound = isAtLimit ? (limit < rules.longest ? .window : .keepAlive) : nil
        verdict = judged(isSpent: isSpent, isTooFast: pace.map { $0 > allowed }, isAtLimit: isAtLimit)
    }

    private func judged(isSpent: Bool, isTooFast: Bool?, isAtLimit: Bool) -> Verdict {
        if isSpent { return .spent }
        if isAtLimit, isTooFast ?? (verdict == .exceeded) { return .exceeded }
        return interval > rules.interval ? .stretched : .within
    }

    private func stretched(by factor: Double) -> Int64 { Int64((Double(max(wanted, 1)) * factor).rounded()) }

    private mutating func set(_ new: Int64, now: Int64) {
        let step: Int64 = new < 2000 ? 100 : new < 10_000 ? 500 : 1000
        let round = new <= rules.interval ? rules.interval : min((new + step - 1) / step * step, rules.longest)
        guard round != wanted else { return }
        wanted = round
        changedAt = now
    }

    private mutating func adopt(_ new: Rules, now: Int64) {
        let wasStretched = wanted > rules.interval && new.bytesPerDay != nil
        rules = new
        wanted = wasStretched ? min(max(wanted, new.interval), new.longest) : new.interval
        changedAt = now
    }
}
