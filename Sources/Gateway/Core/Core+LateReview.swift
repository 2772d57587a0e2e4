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
    func reviewLate(in due: [DueWindow]) throws(StorageError) {
        if unjudged.isEmpty { return }
        var run: [SeriesID: Range<Timestamp>] = [:]
        var runEnd = Timestamp.distantPast
        for minute in due {
            let window = minute.window
            for id in minute.series where unjudged[id]?.contains(window.start) ?? false {
                // Of one that has not sent since the start nobody knows the limits yet.
                guard histories.isEquipped(id) else { continue }
                if window.start - runEnd > Core.greatestPause, !run.isEmpty {
                    try review(run)
                    run = [:]
                }
                run[id] = (run[id]?.lowerBound ?? window.start)..<window.end
                runEnd = max(runEnd, window.end)
                unjudged[id]?.remove(window.start)
                if unjudged[id]?.isEmpty ?? false { unjudged[id] = nil }
                try store.clearUnjudged(minute: window.start, series: id)
            }
        }
        if !run.isEmpty { try review(run) }
    }

    /// Late stretches that are closer to each other, in milliseconds, are judged in one pass.
    private static var greatestPause: Int64 { 3_600_000 }
    /// How many readings, of all series, a review passes over in each direction: half a second's work.
    private static var reviewRowLimit: Int { 3_000_000 }

    private func review(_ late: [SeriesID: Range<Timestamp>]) throws(StorageError) {
        var review = LateReview(late, in: histories)
        var rows = 0
        try store.reader.readings(in: .distantPast..<review.scanEnd, newestFirst: true) { row in
            rows += 1
            review.offer(older: SeriesPoint(time: row.time, value: row.value), of: row.series)
            return review.wantsOlder && rows < Core.reviewRowLimit
        }
        review.turn()
        rows = 0
        if review.wantsLater {
            try store.reader.readings(in: review.scanEnd ..< .distantFuture) { row in
                rows += 1
                review.offer(later: SeriesPoint(time: row.time, value: row.value), of: row.series)
                return review.wantsLater && rows < Core.reviewRowLimit
            }
        }
        if rows < Core.reviewRowLimit {
            review.histories { id, history in
                guard let control = histories.control(of: id) else { return }
                histories.adopt(history, isWhole: histories.isWhole(id), under: control, of: id)
            }
        }
        var revisions: [SeriesHistories.Revision] = []
        review.revisions { id, revision in
            var tests = revision.tests
            let isFirst = revision.time == series[id: id]?.stored.firstTime
            if revision.time == histories.newestTime(id), !isFirst { tests.passSpike() }
            revisions.append(.init(series: id, time: revision.time, tests: tests))
        }
        revisions += try neighbourRevisions(late)
        for revision in revisions { try revise(revision.tests, at: revision.time, of: revision.series) }
    }

    private func neighbourRevisions(
        _ late: [SeriesID: Range<Timestamp>]
    ) throws(StorageError) -> [SeriesHistories.Revision] {
        var review = NeighbourReview(late, in: &histories)
        if review.range.isEmpty { return [] }
        var rows = 0
        try store.reader.readings(in: review.range) { row in
            rows += 1
            let point = SeriesPoint(time: row.time, value: row.value)
            review.offer(.init(point: point, tests: row.tests), of: row.series)
            return rows < Core.reviewRowLimit
        }
        return review.revisions()
    }
}
