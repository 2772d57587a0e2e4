import Processing
import Storage
import Telemetry

/// What must be known of each series to judge its next reading, made anew from the file after a start and when limits change.
extension Core {
    /// Makes a series ready for judgement under the limits that the decoder announced.
    func equip(_ id: SeriesID, for announced: Series) throws(StorageError) {
        try equip(
            id, under: QualityControl(of: announced.quantity, intervalMilliseconds: announced.intervalMilliseconds))
    }

    private func equip(_ id: SeriesID, under control: QualityControl) throws(StorageError) {
        if histories.isUnder(control, id) { return }
        if let rows = try equip([id: control], limit: recallRowsLeft) {
            recallRowsLeft -= max(rows, Core.rowsOfALook)
        }
    }

    /// - Parameter limit: of the readings that are passed over in the file.
    /// - Returns: how many these were; nil where nothing had to be looked for.
    @discardableResult
    private func equip(_ wanted: [SeriesID: QualityControl], limit: Int) throws(StorageError) -> Int? {
        var recalls: [SeriesID: HistoryRecall] = wanted.reduce(into: [:]) { $0[$1.key] = histories.recall(of: $1.key, under: $1.value) }
        let older = recalls.filter { limit > 0 && $1.wantsOlder && !histories.isWhole($0) }
            .mapValues { $0.oldest?.time ?? .distantFuture }
        var passed = Passed()
        if let end = older.values.max() {
            passed = try passOver(before: end, of: Set(older.keys), limit: limit) { row in
                if row.time >= older[row.series]! { return true }
                recalls[row.series]!.offer(SeriesPoint(time: row.time, value: row.value))
                return recalls[row.series]!.wantsOlder
            }
        }
        for (id, recall) in recalls {
            let isWhole =
                older[id] == nil ? histories.isWhole(id) : recall.wantsOlder && !passed.unfinished.contains(id)
            histories.adopt(recall.history, isWhole: isWhole, under: wanted[id]!, of: id)
            for minute in unjudged[id] ?? [] { try noteChange(at: minute, of: id) }
        }
        return older.isEmpty ? nil : passed.rows
    }

    /// How many readings are passed over for the histories of single series between two closings of windows: half a
    /// second's work.
    static var recallRowLimit: Int { 3_000_000 }
    /// What a look for one series takes at the least, in readings that are passed over.
    private static var rowsOfALook: Int { 10_000 }
    /// How many readings are passed over at a start: a second's work.
    private static var startRowLimit: Int { 6_000_000 }

    /// Finds the newest readings of all series in the file.
    func recallHistories(of stored: [StoredSeries]) throws(StorageError) {
        for each in stored { histories.enter(each.id, at: each.place) }
        var found: [SeriesID: [SeriesHistories.StoredPoint]] = [:]
        var firstTimes: [SeriesID: Timestamp] = [:]
        for each in stored { if let first = each.firstTime { firstTimes[each.id] = first } }
        let wanted = SeriesHistories.recalledCount
        let passed = try passOver(before: .distantFuture, of: Set(firstTimes.keys), limit: Core.startRowLimit) { row in
            let point = SeriesPoint(time: row.time, value: row.value)
            found[row.series, default: []].append(.init(point: point, tests: row.tests))
            return found[row.series]!.count < wanted && firstTimes[row.series] != row.time
        }
        for each in stored {
            let points = found[each.id] ?? []
            let isAllSeen = !passed.unfinished.contains(each.id)
            // Retention may have removed its first.
            let isWhole = points.last?.point.time == each.firstTime || isAllSeen && points.count < wanted
            histories.recall(
                points, isWhole: isWhole, since: isAllSeen ? .distantPast : passed.reached, of: each.id)
        }
        try store.unjudgedMinutes { unjudged[$1, default: []].insert($0) }
    }

    /// Makes the series of the file ready for judgement, where the configuration knows their limits.
    func equipHistories(of stored: [StoredSeries]) throws(StorageError) {
        var wanted: [SeriesID: QualityControl] = [:]
        for each in stored {
            guard let quantity = settings.quantity(each.place), quantity.unit == each.place.unit,
                quantity.kind == each.rules.kind
            else { continue }
            let control = QualityControl(of: quantity, intervalMilliseconds: each.rules.intervalMilliseconds)
            if !histories.isUnder(control, each.id) { wanted[each.id] = control }
        }
        try equip(wanted, limit: Core.startRowLimit)
    }

    // MARK: - Passing over what is stored

    /// What was passed over.
    struct Passed {
        var rows = 0
        /// Series of which more would have been wanted than was looked at.
        var unfinished: Set<SeriesID> = []
        /// From then on all of these was looked at.
        var reached = Timestamp.distantFuture
    }

    /// Passes over the readings of some series before a time, the newest first, those of each for as long as more are wanted.
    ///
    /// Of all together at first, since their rows lie side by side; then without those that have enough, and at last each
    /// by itself.
    /// - Parameters:
    ///   - limit: of the readings that are passed over.
    ///   - visit: says whether more of the series are wanted.
    func passOver(
        before end: Timestamp, of ids: Set<SeriesID>, limit: Int, visit: (StoreReader.ReadingRow) -> Bool
    ) throws(StorageError) -> Passed {
        var wanting = ids
        var passed = Passed(reached: end)
        while wanting.count > Core.fewSeries {
            let isEnd = try pass(over: wanting, limit: limit, passed: &passed, wanting: &wanting, visit: visit)
            if isEnd || wanting.isEmpty { return passed }
            if passed.rows >= limit { break }
        }
        let reached = passed.reached
        for id in wanting.sorted() {
            var single = Passed(rows: passed.rows, reached: reached)
            var wants: Set<SeriesID> = [id]
            while passed.rows < limit {
                let isEnd = try pass(over: [id], limit: limit, passed: &single, wanting: &wants, visit: visit)
                passed.rows = single.rows
                if isEnd || wants.isEmpty { break }
            }
            if !wants.isEmpty, passed.rows >= limit {
                passed.unfinished.insert(id)
                passed.reached = max(passed.reached, single.reached)
            }
        }
        return passed
    }

    private static var fewSeries: Int { 8 }
    /// How many readings of series that have enough are passed over before the others are looked for by themselves.
    private static var greatestWaste: Int { 20_000 }

    /// - Returns: whether there is nothing older.
    private func pass(
        over ids: Set<SeriesID>, limit: Int, passed: inout Passed, wanting: inout Set<SeriesID>,
        visit: (StoreReader.ReadingRow) -> Bool
    ) throws(StorageError) -> Bool {
        var rows = passed.rows
        var reached = passed.reached
        var left = wanting
        var wasted = 0
        var isEnd = true
        try store.passOver(.distantPast..<reached, of: ids.sorted(), newestFirst: true) { row in
            // Only between two times, so that the next pass begins where this one ends.
            if row.time < reached, rows >= limit || wasted >= Core.greatestWaste || left.isEmpty {
                isEnd = false
                return false
            }
            reached = row.time
            rows += 1
            if !left.contains(row.series) { wasted += 1 } else if !visit(row) { left.remove(row.series) }
            return true
        }
        passed.rows = rows
        passed.reached = reached
        wanting = left
        return isEnd
    }
}
