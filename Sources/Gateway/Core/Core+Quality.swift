import Processing
import Storage
import Telemetry

/// Quality control of what is stored: a reading in the order of time at once, a late one before its minute is computed.
extension Core {
    /// Judges a reading that is newer than all of its series.
    /// - Returns: what must be written besides, once the reading itself is: see ``revise(_:of:at:)``.
    func judge(_ reading: inout Reading, id: SeriesID) -> Judgement {
        let judgement = histories.append(SeriesPoint(time: reading.time, value: reading.value), to: id)
        reading.tests = judgement.tests
        reading.flag = judgement.tests.combined
        return judgement
    }

    /// Writes what a reading has changed of others' tests.
    func revise(_ judgement: Judgement, of id: SeriesID, at time: Timestamp) throws(StorageError) {
        if let first = judgement.first { try revise(first.tests, at: first.time, of: id) }
        if let previous = judgement.previous { try revise(previous.tests, at: previous.time, of: id) }
        try reviseNeighbours(of: id, from: time)
    }

    private func reviseNeighbours(of id: SeriesID, from time: Timestamp) throws(StorageError) {
        for revision in histories.revisions(after: time, of: id) {
            try revise(revision.tests, at: revision.time, of: revision.series)
        }
        if histories.unseen.isEmpty { return }
        for unseen in histories.takeUnseen() {
            try noteUnjudged(unseen.time, id: unseen.series)
            try noteChange(at: unseen.time, of: unseen.series)
        }
    }

    /// Writes the tests of a stored reading anew where they differ, and has its minute computed again.
    func revise(_ tests: QualityTests, at time: Timestamp, of id: SeriesID) throws(StorageError) {
        guard let standing = try store.tests(at: time, of: id) else { return }
        var revised = standing
        revised.replace(with: tests)
        guard revised != standing else { return }
        try store.setTests(revised, at: time, of: id)
        histories.note(revised, at: time, of: id)
        guard revised.combined.isUsable != standing.combined.isUsable || !revised.combined.isUsable else { return }
        series.noteRevision(of: id, at: time, flag: revised.combined)
        try noteChange(at: time, of: id)
    }

    /// A minute must be computed, or computed again.
    func noteChange(at time: Timestamp, of id: SeriesID) throws(StorageError) {
        guard schedule.note(id, at: time, now: now) else { return }
        let minute = Window(.minute, holding: time, days: settings.calendar).start
        try store.markLate(minute: minute, series: id, since: now)
    }
}
