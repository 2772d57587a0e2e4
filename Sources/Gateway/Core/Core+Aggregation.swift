import Processing
import Storage
import Telemetry

/// Aggregates are computed from what is stored and from nothing else: minutes from the file's readings, coarser tiers
/// from finer ones. So they are right after late readings and after a crash by construction.
extension Core {
    /// Computes the windows that are due, within the current transaction.
    /// - Returns: whether anything was written.
    @discardableResult
    func closeWindows() throws(StorageError) -> Bool {
        schedule.advance(to: now)
        recallRowsLeft = Core.recallRowLimit
        guard schedule.hasDueWork(now: now) else { return false }
        let due = schedule.takeDueMinutes(now: now, limit: settings.lateWindowsInOneGo)
        // A review may mark other series' windows of the same minutes.
        for late in due where late.wasLate { try store.clearLate(minute: late.window.start) }
        var minutes = DueMinutes(try reviewLate(in: due))
        while let due = minutes.next() { try computeMinute(due, following: &minutes) }
        for tier in Tier.allCases where tier.finer != nil {
            for due in schedule.takeDueCoarse(tier) { try computeCoarse(due) }
        }
        return true
    }

    private func computeMinute(_ due: DueWindow, following minutes: inout DueMinutes) throws(StorageError) {
        let window = due.window
        var accumulators: [SeriesID: WindowAccumulator] = [:]
        for id in due.series {
            accumulators[id] = WindowAccumulator(
                window: window, rules: rules(of: id), base: try counterBase(id, before: window.start))
        }
        try store.readings(in: window.start..<window.end, of: due.series) { id, time, value, flag in
            accumulators[id]?.add(time: time, value: value, flag: flag)
        }
        var written = WrittenWindow(window)
        for id in due.series {
            guard let aggregate = accumulators.removeValue(forKey: id)?.result else { continue }
            let revision = try write(aggregate, series: id, of: &written)
            if aggregate.increase != nil {
                try carryCounter(id, aggregate: aggregate, hasChanged: revision != nil, following: &minutes)
            }
        }
        try finish(written)
    }

    private func computeCoarse(_ due: DueWindow) throws(StorageError) {
        guard let finer = due.window.tier.finer else { return }
        var written = WrittenWindow(due.window)
        for id in due.series {
            var merger = WindowMerger(window: due.window, rules: rules(of: id))
            var start = due.window.start
            while start < due.window.end {
                if let part = try store.aggregate(finer, start: start, series: id) { merger.add(part.aggregate) }
                start = start + Int64(finer.rawValue) * 1000
            }
            _ = try write(merger.result, series: id, of: &written)
        }
        try finish(written)
    }

    private func rules(of id: SeriesID) -> AggregationRules {
        series[id: id]?.stored.rules ?? AggregationRules(kind: .gauge)
    }

    /// Writes a window's aggregate, unless its percentiles must be looked for first.
    /// - Returns: its revision if it has changed.
    private func write(
        _ aggregate: Aggregate, series id: SeriesID, of written: inout WrittenWindow
    ) throws(StorageError) -> Int? {
        written.series.append(id)
        if rules(of: id).hasPercentiles, aggregate.mayBeOverfull {
            written.overfull[id] = aggregate
            return nil
        }
        let revision = try store.write(aggregate, series: id)
        if let revision, revision > 1 { written.revisions += 1 }
        return revision
    }

    private func finish(_ window: WrittenWindow) throws(StorageError) {
        var written = window
        try findPercentiles(of: &written.overfull, in: written.window)
        for (id, aggregate) in written.overfull {
            if let revision = try store.write(aggregate, series: id), revision > 1 { written.revisions += 1 }
        }
        count(windows: written.series.count, revisions: written.revisions, tier: written.window.tier)
        schedule.noteWritten(written.window, series: written.series)
    }

    // MARK: - Counters reach over the border of their window

    /// The last usable value before a minute, from which its increase begins.
    /// - Returns: nil where there is none, and for series that are no counters.
    private func counterBase(_ id: SeriesID, before start: Timestamp) throws(StorageError) -> CounterBase? {
        guard let record = series[id: id], record.stored.rules.kind == .counter,
            let firstTime = record.stored.firstTime, firstTime < start
        else { return nil }
        if let closed = record.closed, closed.minute < start { return closed.last }
        let firstMinute = Window(.minute, holding: firstTime, days: settings.calendar).start
        return try store.lastCount(of: id, in: firstMinute..<start).map { CounterBase(value: $0.value, time: $0.time) }
    }

    /// Passes a counter's last value on to the window after this one.
    /// - Parameter hasChanged: false for figures that stood in the file already: the window after them began from them.
    private func carryCounter(
        _ id: SeriesID, aggregate: Aggregate, hasChanged: Bool, following minutes: inout DueMinutes
    ) throws(StorageError) {
        guard let statistics = aggregate.statistics else { return }
        let last = CounterBase(value: statistics.last, time: statistics.lastTime)
        let start = aggregate.window.start
        let closed = series[id: id]?.closed
        if let closed, closed.minute <= start {
            series[id: id]?.closed = (start, last)
        } else if !hasChanged {
            return
        } else if let next = try store.minute(after: start, before: schedule.closedUntil, of: id) {
            // An older window: the one that follows it began from another value.
            let window = Window(.minute, holding: next, days: settings.calendar)
            minutes.insert(DueWindow(window: window, series: [id], wasLate: false))
        } else if closed == nil {
            series[id: id]?.closed = (start, last)
        }
    }

    // MARK: - After a start

    /// Finds out from the file which windows are unfinished. What is finished already is computed to the same figures.
    func resumeSchedule() throws(StorageError) {
        // With the minute that some of its series still wait for.
        let unfinished = schedule.closedUntil - (schedule.longestLateness > 0 ? schedule.longestLateness + 60_000 : 0)
        var noted: [(minute: Timestamp, id: SeriesID, since: Timestamp)] = []
        // As of the time up to which the file is complete: a minute that a series still waited for then has no mark in the
        // file, so that it must be computed before that time moves on.
        try store.minutesWithReadings(from: unfinished) { noted.append(($0, $1, schedule.closedUntil)) }
        // A late minute waits as long as it would have waited without the restart.
        try store.lateWindows { noted.append(($0, $1, $2)) }
        for late in noted { _ = schedule.note(late.id, at: late.minute, now: late.since) }
        for tier in Tier.allCases {
            guard let finer = tier.finer else { continue }
            let first = Window(tier, holding: unfinished, days: settings.calendar)
            let last = Window(tier, holding: schedule.closedUntil, days: settings.calendar)
            var written: [(Timestamp, SeriesID)] = []
            try store.writtenWindows(finer, in: first.start..<last.end) { written.append(($0, $1)) }
            for (start, id) in written {
                schedule.noteWritten(Window(finer, holding: start, days: settings.calendar), series: [id])
            }
        }
    }
}

/// What was computed of a window.
private struct WrittenWindow {
    let window: Window
    var series: [SeriesID] = []
    var revisions = 0
    /// Not written yet: more values may differ than a distribution holds.
    var overfull: [SeriesID: Aggregate] = [:]

    init(_ window: Window) {
        self.window = window
    }
}

/// Minutes to be computed, oldest first, to which later ones may be added on the way.
struct DueMinutes {
    private var waiting: [DueWindow]
    private var nextIndex = 0

    init(_ due: [DueWindow]) {
        waiting = due
    }

    mutating func next() -> DueWindow? {
        guard nextIndex < waiting.count else { return nil }
        defer { nextIndex += 1 }
        return waiting[nextIndex]
    }

    /// Adds a minute that lies after the one handed out last.
    mutating func insert(_ added: DueWindow) {
        var low = nextIndex
        var high = waiting.count
        while low < high {
            let middle = (low + high) / 2
            if waiting[middle].window.start < added.window.start { low = middle + 1 } else { high = middle }
        }
        if low < waiting.count, waiting[low].window.start == added.window.start {
            waiting[low].series = Set(waiting[low].series).union(added.series).sorted()
        } else {
            waiting.insert(added, at: low)
        }
    }
}
