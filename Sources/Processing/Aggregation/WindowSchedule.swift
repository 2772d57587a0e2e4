public import Telemetry

/// Knows which windows have changed and must be computed, and when.
///
/// Windows close on the gateway's clock plus a lateness, never on what a device says. A reading for a minute that is
/// closed already makes that minute late: it is computed again, and with it the coarser windows that hold it.
public struct WindowSchedule: Sendable {
    /// Windows of any tier that end at or before this are closed. Whole minutes; goes back only when the clock turns out
    /// to have been hours ahead.
    public private(set) var closedUntil: Timestamp
    public var latenessMilliseconds: Int64
    /// How long a late minute waits for more late readings before it is computed again.
    public var lateDelayMilliseconds: Int64
    private let calendar: DayCalendar
    /// Of series whose readings take longer to come than the others', by their number; 0 for all others.
    private var ownLateness: [Int64] = []
    /// The longest of these, in milliseconds.
    public private(set) var longestLateness: Int64 = 0
    private var clock: Timestamp

    private var minutes: [Timestamp: Set<SeriesID>] = [:]
    /// When the first late reading of each late minute came.
    private var lateSince: [Timestamp: Timestamp] = [:]
    /// Of each minute the series that it is kept open for, of which storage keeps no mark: a late reading of another series
    /// must not hold them up, or a crash would forget them.
    private var awaited: [Timestamp: Set<SeriesID>] = [:]
    private var coarse: [Window: Set<SeriesID>] = [:]
    /// The minute noted last for each series: nearly every reading falls into it and needs no set.
    private var lastNoted: [Int64] = []

    public init(
        closedUntil: Timestamp, latenessMilliseconds: Int64, lateDelayMilliseconds: Int64, calendar: DayCalendar
    ) {
        self.closedUntil = Timestamp(milliseconds: closedUntil.milliseconds.flooredQuotient(60_000) * 60_000)
        self.latenessMilliseconds = latenessMilliseconds
        self.lateDelayMilliseconds = lateDelayMilliseconds
        self.calendar = calendar
        clock = self.closedUntil
    }

    /// How long after its end a window stays open for a series, where that is longer than for all.
    public mutating func setLateness(_ milliseconds: Int64?, of series: SeriesID) {
        guard milliseconds != nil || Int(series) < ownLateness.count else { return }
        while ownLateness.count <= Int(series) { ownLateness.append(0) }
        ownLateness[Int(series)] = milliseconds ?? 0
        longestLateness = ownLateness.max() ?? 0
    }

    private func isOpen(_ series: SeriesID, until end: Timestamp, at now: Timestamp) -> Bool {
        guard longestLateness > 0, Int(series) < ownLateness.count else { return false }
        return now - end < ownLateness[Int(series)]
    }

    /// A reading was stored, so its minute has changed.
    /// - Returns: whether the minute is newly late, so that storage must remember it until it is computed.
    public mutating func note(_ series: SeriesID, at time: Timestamp, now: Timestamp) -> Bool {
        let start = time.milliseconds.flooredQuotient(60_000) * 60_000
        let index = Int(series)
        if index >= lastNoted.count {
            lastNoted.append(contentsOf: repeatElement(.min, count: index + 1 - lastNoted.count + 64))
        }
        if lastNoted[index] == start { return false }
        lastNoted[index] = start
        let minute = Timestamp(milliseconds: start)
        let isNew = minutes[minute, default: []].insert(series).inserted
        guard isNew else { return false }
        guard start + 60_000 <= closedUntil.milliseconds, !isOpen(series, until: minute + 60_000, at: now) else {
            if index < ownLateness.count, ownLateness[index] > 0 { awaited[minute, default: []].insert(series) }
            return false
        }
        if lateSince[minute] == nil { lateSince[minute] = now }
        return true
    }

    /// Moves the border between open and closed to the given time less the lateness.
    ///
    /// A clock that is put back a little moves nothing: what is closed stays closed. One that was hours ahead had closed
    /// windows that are still to come, and every reading in them would be late; these are open again.
    /// - Returns: whether it moved.
    @discardableResult
    public mutating func advance(to now: Timestamp) -> Bool {
        clock = now
        let border = (now.milliseconds - latenessMilliseconds).flooredQuotient(60_000) * 60_000
        let isCorrection = closedUntil.milliseconds - border > WindowSchedule.smallestCorrection
        guard border > closedUntil.milliseconds || isCorrection else { return false }
        closedUntil = Timestamp(milliseconds: border)
        return true
    }

    /// How far a clock must have been ahead, in milliseconds, for what it did to be undone.
    public static let smallestCorrection: Int64 = 7_200_000
    /// A minute's readings are read as a whole, however few of its series have changed.
    private static let leastCostOfMinute = 20

    /// The earliest minute that has changed and is not computed yet.
    public var oldestWaitingMinute: Timestamp? { minutes.keys.min() }

    /// Hands out the minutes that are to be computed now, oldest first.
    /// - Parameter limit: how many late minute-series to hand out at most, so that a backlog does not hold up a commit;
    ///   at least one minute is handed out. Minutes that close on time are always handed out.
    public mutating func takeDueMinutes(now: Timestamp, limit: Int) -> [DueWindow] {
        var taken: [DueWindow] = []
        var lateBudget = limit
        for start in minutes.keys.sorted() where start + 60_000 <= closedUntil {
            let since = lateSince[start]
            guard hasClosed(minutes[start]!, end: start + 60_000, at: now) else { continue }
            if let since {
                let isHeldUp = lateBudget <= 0 || abs(now - since) < lateDelayMilliseconds
                if isHeldUp, !hasAwaited(in: start, at: now) { continue }
                lateBudget -= max(minutes[start]!.count, WindowSchedule.leastCostOfMinute)
                lateSince[start] = nil
            }
            let (series, open) = split(minutes[start]!, end: start + 60_000, at: now)
            minutes[start] = open.isEmpty ? nil : open
            if let awaited = awaited[start]?.intersection(open) {
                self.awaited[start] = awaited.isEmpty ? nil : awaited
            }
            for id in series where lastNoted[Int(id)] == start.milliseconds { lastNoted[Int(id)] = .min }
            let window = Window(.minute, holding: start, days: calendar)
            taken.append(DueWindow(window: window, series: series.sorted(), wasLate: since != nil))
        }
        return taken
    }

    /// A window was written anew, so the coarser ones that are made from it have changed.
    public mutating func noteWritten(_ window: Window, series: some Sequence<SeriesID>) {
        for tier in Tier.allCases where tier.finer == window.tier {
            coarse[Window(tier, holding: window.start, days: calendar), default: []].formUnion(series)
        }
    }

    /// Hands out the closed windows of a coarse tier that have changed, oldest first.
    public mutating func takeDueCoarse(_ tier: Tier) -> [DueWindow] {
        let due = coarse.keys.filter { $0.tier == tier && $0.end <= closedUntil }.sorted { $0.start < $1.start }
        return due.filter { hasClosed(coarse[$0]!, end: $0.end, at: clock) }.map { window in
            let (series, open) = split(coarse[window]!, end: window.end, at: clock)
            coarse[window] = open.isEmpty ? nil : open
            return DueWindow(window: window, series: series.sorted(), wasLate: false)
        }
    }

    /// Parts a window's series into those that wait for nothing more and the others.
    private func split(
        _ series: Set<SeriesID>, end: Timestamp, at now: Timestamp
    ) -> (closed: Set<SeriesID>, open: Set<SeriesID>) {
        let open: Set<SeriesID> = longestLateness > 0 ? series.filter { isOpen($0, until: end, at: now) } : []
        return (open.isEmpty ? series : series.subtracting(open), open)
    }

    /// Windows of any tier that have changed and are not computed yet.
    public var waitingCount: Int {
        minutes.values.reduce(0) { $0 + $1.count } + coarse.values.reduce(0) { $0 + $1.count }
    }

    /// Whether some window can be computed now.
    public func hasDueWork(now: Timestamp) -> Bool {
        minutes.contains { start, series in
            start + 60_000 <= closedUntil
                && (lateSince[start].map { abs(now - $0) >= lateDelayMilliseconds || hasAwaited(in: start, at: now) }
                    ?? true)
                && hasClosed(series, end: start + 60_000, at: now)
        } || coarse.contains { $0.end <= closedUntil && hasClosed($1, end: $0.end, at: now) }
    }

    /// Whether a minute was kept open for a series and is no longer.
    private func hasAwaited(in minute: Timestamp, at now: Timestamp) -> Bool {
        awaited[minute].map { hasClosed($0, end: minute + 60_000, at: now) } ?? false
    }

    private func hasClosed(_ series: Set<SeriesID>, end: Timestamp, at now: Timestamp) -> Bool {
        longestLateness == 0 || series.contains { !isOpen($0, until: end, at: now) }
    }
}

/// A window to be computed, for the series whose readings in it have changed.
public struct DueWindow: Hashable, Sendable {
    public var window: Window
    /// Ascending.
    public var series: [SeriesID]
    /// Whether storage keeps a mark for it.
    public var wasLate: Bool

    public init(window: Window, series: [SeriesID], wasLate: Bool) {
        self.window = window
        self.series = series
        self.wasLate = wasLate
    }
}
