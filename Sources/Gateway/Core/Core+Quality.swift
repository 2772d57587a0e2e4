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

    // MARK: - What is known of a series

    /// Makes a series ready for judgement under the limits that the decoder announced.
    func equip(_ id: SeriesID, for announced: Series) throws(StorageError) {
        try equip(
            id, under: QualityControl(of: announced.quantity, intervalMilliseconds: announced.intervalMilliseconds))
    }

    private func equip(_ id: SeriesID, under control: QualityControl) throws(StorageError) {
        if histories.isUnder(control, id) { return }
        var recall = histories.recall(of: id, under: control)
        var isWhole = histories.isWhole(id)
        if recall.wantsOlder, !isWhole {
            isWhole = recallRowsLeft > 0
            let older = Timestamp.distantPast..<(recall.oldest?.time ?? .distantFuture)
            if isWhole {
                try store.reader.readings(in: older, newestFirst: true) {
                    recallRowsLeft -= 1
                    if $0.series == id { recall.offer(SeriesPoint(time: $0.time, value: $0.value)) }
                    isWhole = recall.wantsOlder && recallRowsLeft > 0
                    return isWhole
                }
            }
        }
        histories.adopt(recall.history, isWhole: isWhole, under: control, of: id)
        try noteUnjudgedMinutes(of: id)
    }

    /// How many readings, of all series, are passed over for the histories of single series between two closings of
    /// windows: half a second's work.
    static var recallRowLimit: Int { 3_000_000 }
    /// How many readings, of all series, are passed over at a start: a second's work. Series that are silent for longer
    /// begin anew.
    private static var startRowLimit: Int { 6_000_000 }

    /// Finds the newest readings of all series in the file.
    func recallHistories(of stored: [StoredSeries]) throws(StorageError) {
        for each in stored { histories.enter(each.id, at: each.place) }
        var found: [SeriesID: [SeriesHistories.StoredPoint]] = [:]
        var firstTimes: [SeriesID: Timestamp] = [:]
        for each in stored { if let first = each.firstTime { firstTimes[each.id] = first } }
        var missing = Set(firstTimes.keys)
        var rows = 0
        var isAllSeen = true
        var oldest = Timestamp.distantFuture
        let wanted = SeriesHistories.recalledCount
        if !missing.isEmpty {
            try store.reader.readings(in: .distantPast ..< .distantFuture, newestFirst: true) { row in
                rows += 1
                oldest = row.time + 1
                isAllSeen = rows < Core.startRowLimit
                guard missing.contains(row.series) else { return isAllSeen }
                let point = SeriesPoint(time: row.time, value: row.value)
                found[row.series, default: []].append(.init(point: point, tests: row.tests))
                if found[row.series]!.count >= wanted || firstTimes[row.series] == row.time {
                    missing.remove(row.series)
                }
                isAllSeen = isAllSeen && !missing.isEmpty
                return isAllSeen
            }
        }
        for each in stored {
            let points = found[each.id] ?? []
            // Retention may have removed its first.
            let isWhole = points.last?.point.time == each.firstTime || isAllSeen && points.count < wanted
            histories.recall(points, isWhole: isWhole, since: oldest, of: each.id)
        }
        try store.unjudgedMinutes { unjudged[$1, default: []].insert($0) }
    }

    /// Makes the series of the file ready for judgement, where the configuration knows their limits.
    func equipHistories(of stored: [StoredSeries]) throws(StorageError) {
        var recalls: [SeriesID: (recall: HistoryRecall, control: QualityControl, oldest: Timestamp)] = [:]
        for each in stored {
            guard let quantity = settings.quantity(each.place), quantity.unit == each.place.unit,
                quantity.kind == each.rules.kind
            else { continue }
            let control = QualityControl(of: quantity, intervalMilliseconds: each.rules.intervalMilliseconds)
            if histories.isUnder(control, each.id) { continue }
            let recall = histories.recall(of: each.id, under: control)
            if recall.wantsOlder, !histories.isWhole(each.id) {
                recalls[each.id] = (recall, control, recall.oldest?.time ?? .distantFuture)
            } else {
                try equip(each.id, under: control)
            }
        }
        // In one pass: there may be thousands, and each would be looked for among the readings of all.
        var wanting = Set(recalls.keys)
        var rows = 0
        let end = recalls.values.map(\.oldest).max() ?? .distantPast
        if !wanting.isEmpty {
            try store.reader.readings(in: .distantPast..<end, newestFirst: true) { row in
                rows += 1
                if wanting.contains(row.series), row.time < recalls[row.series]!.oldest {
                    recalls[row.series]!.recall.offer(SeriesPoint(time: row.time, value: row.value))
                    if !recalls[row.series]!.recall.wantsOlder { wanting.remove(row.series) }
                }
                return !wanting.isEmpty && rows < Core.startRowLimit
            }
        }
        for (id, found) in recalls {
            let isWhole = found.recall.wantsOlder && rows < Core.startRowLimit
            histories.adopt(found.recall.history, isWhole: isWhole, under: found.control, of: id)
            try noteUnjudgedMinutes(of: id)
        }
    }

    private func noteUnjudgedMinutes(of id: SeriesID) throws(StorageError) {
        for minute in unjudged[id] ?? [] { try noteChange(at: minute, of: id) }
    }
}
