import Processing
import Storage
import Telemetry

/// Late readings are judged before the minutes that hold them are computed: their own flags depend on what is stored
/// before and after them, and those of others on them.
extension Core {
    /// Notes that a reading came late.
    func noteUnjudged(_ time: Timestamp, id: SeriesID) throws(StorageError) {
        let minute = Window(.minute, holding: time, days: settings.calendar).start
        guard unjudged[id, default: []].insert(minute).inserted else { return }
        try store.markUnjudged(minute: minute, series: id)
    }

    /// Judges the late readings of minutes that are due.
    /// - Returns: what of these can be computed; the others are due again soon, so that a backlog whose readings lie far
    ///   apart does not hold up a commit.
    func reviewLate(in due: [DueWindow]) throws(StorageError) -> [DueWindow] {
        if unjudged.isEmpty { return due }
        var runs = Array(lateRuns(in: due).reversed())
        var rows = 0
        while let run = runs.last, rows < settings.reviewRowsInOneGo {
            runs.removeLast()
            if run.minutes.count > 1,
                try !store.hasReadings(
                    atMost: settings.reviewRowsInOneGo, in: run.range, of: Array(run.stretches.keys))
            {
                runs += run.halves.reversed()
                continue
            }
            for (minute, id) in run.minutes {
                unjudged[id]?.remove(minute)
                if unjudged[id]?.isEmpty ?? false { unjudged[id] = nil }
                try store.clearUnjudged(minute: minute, series: id)
            }
            rows += try review(run.stretches)
        }
        return try postpone(runs, of: due)
    }

    /// In the order of time.
    private func lateRuns(in due: [DueWindow]) -> [LateRun] {
        var runs: [LateRun] = []
        for minute in due {
            let start = minute.window.start
            // Of one that has not sent since the start nobody knows the limits yet.
            for id in minute.series where unjudged[id]?.contains(start) ?? false && histories.isEquipped(id) {
                if let last = runs.last, start - last.range.upperBound <= Core.greatestPause {
                    runs[runs.count - 1].minutes.append((start, id))
                } else {
                    runs.append(LateRun(minutes: [(start, id)]))
                }
            }
        }
        return runs
    }

    private func postpone(_ runs: [LateRun], of due: [DueWindow]) throws(StorageError) -> [DueWindow] {
        if runs.isEmpty { return due }
        var postponed: [Timestamp: Set<SeriesID>] = [:]
        for (minute, id) in runs.flatMap(\.minutes) {
            postponed[minute, default: []].insert(id)
            try noteChange(at: minute, of: id)
        }
        return due.compactMap { window in
            var left = window
            if let others = postponed[window.window.start] { left.series.removeAll { others.contains($0) } }
            return left.series.isEmpty ? nil : left
        }
    }

    /// Late stretches that are closer to each other, in milliseconds, are judged in one pass.
    private static var greatestPause: Int64 { 3_600_000 }
    /// How many readings a review passes over in each direction: half a second's work.
    private static var reviewRowLimit: Int { 3_000_000 }

    /// - Returns: how many readings were passed over.
    private func review(_ late: [SeriesID: Range<Timestamp>]) throws(StorageError) -> Int {
        var review = LateReview(late, in: histories)
        let older = try passOver(before: review.scanEnd, of: review.series, limit: Core.reviewRowLimit) {
            review.offer(older: SeriesPoint(time: $0.time, value: $0.value), of: $0.series)
        }
        review.turn()
        var laterRows = 0
        if review.wantsLater {
            let range = review.scanEnd..<Timestamp.distantFuture
            try store.passOver(range, of: review.seriesWantingLater) { row in
                laterRows += 1
                review.offer(later: SeriesPoint(time: row.time, value: row.value), of: row.series)
                return review.wantsLater && laterRows < Core.reviewRowLimit
            }
        }
        if laterRows < Core.reviewRowLimit {
            review.histories { id, history, wantedOlder in
                let isAllSeen = !older.unfinished.contains(id)
                guard let control = histories.control(of: id),
                    isAllSeen || !wantedOlder || histories.newestTime(id) == nil
                else { return }
                histories.adopt(history, isWhole: wantedOlder && isAllSeen, under: control, of: id)
            }
        }
        var revisions: [SeriesHistories.Revision] = []
        review.revisions { id, revision in
            var tests = revision.tests
            let isFirst = revision.time == series[id: id]?.stored.firstTime
            if revision.time == histories.newestTime(id), !isFirst { tests.passSpike() }
            revisions.append(.init(series: id, time: revision.time, tests: tests))
        }
        let neighbours = try neighbourRevisions(late)
        for revision in revisions + neighbours.revisions {
            try revise(revision.tests, at: revision.time, of: revision.series)
        }
        return older.rows + laterRows + neighbours.rows
    }

    private func neighbourRevisions(
        _ late: [SeriesID: Range<Timestamp>]
    ) throws(StorageError) -> (revisions: [SeriesHistories.Revision], rows: Int) {
        var review = NeighbourReview(late, in: &histories)
        if review.range.isEmpty { return ([], 0) }
        var rows = 0
        try store.passOver(review.range, of: review.series) { row in
            rows += 1
            let point = SeriesPoint(time: row.time, value: row.value)
            review.offer(.init(point: point, tests: row.tests), of: row.series)
            return rows < Core.reviewRowLimit
        }
        return (review.revisions(), rows)
    }
}

/// Minutes whose late readings are judged together.
private struct LateRun {
    /// In the order of time.
    var minutes: [(start: Timestamp, series: SeriesID)]

    var range: Range<Timestamp> { minutes[0].start..<(minutes[minutes.count - 1].start + 60_000) }

    var halves: [LateRun] {
        let middle = minutes.count / 2
        return [LateRun(minutes: Array(minutes[..<middle])), LateRun(minutes: Array(minutes[middle...]))]
    }

    /// Of each series the stretch in which readings came late.
    var stretches: [SeriesID: Range<Timestamp>] {
        minutes.reduce(into: [:]) { found, minute in
            found[minute.series] = (found[minute.series]?.lowerBound ?? minute.start)..<(minute.start + 60_000)
        }
    }
}
