import Telemetry

/// How readings become rows and bundles, and how these change until they are sealed.
extension Store {
    /// The readings that are not sealed.
    func hot() throws(StorageError) -> HotRows {
        try bundleUp()
        return HotRows(database, verdicts: verdicts)
    }

    /// All that are not sealed of a stretch of time. To be closed before it is asked for again.
    func hotCursor(_ range: Range<Timestamp>) throws(StorageError) -> HotCursor {
        try bundleUp()
        try allHot.open(range)
        return allHot
    }

    /// - Returns: false where there is one of that series and time, not sealed.
    func insertRow(_ reading: SealedReading, of series: SeriesID) throws(StorageError) -> Bool {
        let verdict = try verdicts.number(of: Verdict(flag: reading.flag, tests: reading.tests))
        if reading.time > newest[series] {
            newest.note(reading.time, of: series)
            if let bundled = BundledReading(reading.value, verdict: verdict, at: reading.time, of: series) {
                unbundled.append(bundled)
                if unbundled.count == Store.mostUnbundled { try bundleUp() }
                return true
            }
        } else if try place(of: series, at: reading.time) != nil {
            return false
        }
        return try insertHot(HotRow.id(reading.time, series), reading.value, verdict: verdict)
    }

    private func insertHot(_ id: Int64, _ value: Double, verdict: Int64) throws(StorageError) -> Bool {
        let insert = statements.insertReading
        insert.bind(1, id)
        HotRow.bind(value, verdict: verdict, to: insert, at: 2)
        try insert.run("insert a reading")
        return database.changedRows > 0
    }

    /// Writes what waits to be written with others, within the current transaction.
    func bundleUp() throws(StorageError) {
        if unbundled.isEmpty { return }
        var parts = Bundle.cut(unbundled)[...]
        unbundled.removeAll(keepingCapacity: true)
        do throws(StorageError) {
            while let part = parts.first {
                if part.count >= Bundle.fewest { try bundles.add(part) } else { try insertHot(part) }
                parts.removeFirst()
                FaultPoint.reach("bundle.written")
            }
        } catch {
            unbundled = parts.flatMap { $0 }
            throw error
        }
    }

    private func insertHot(_ readings: some Sequence<BundledReading>) throws(StorageError) {
        for reading in readings { _ = try insertHot(reading.id, reading.value, verdict: reading.verdict) }
    }

    /// An eighth of a megabyte in memory at most.
    private static var mostUnbundled: Int { 8192 }

    // MARK: - One reading

    /// Where a reading is that is no row.
    private enum Place {
        case unbundled(Int)
        case bundle(Bundle, Int)
    }

    private func place(of series: SeriesID, at time: Timestamp) throws(StorageError) -> Place? {
        let id = HotRow.id(time, series)
        if let index = unbundled.lastIndex(where: { $0.id == id }) { return .unbundled(index) }
        return try bundles.find(series, at: time).map { .bundle($0.bundle, $0.index) }
    }

    func hotReading(at time: Timestamp, of series: SeriesID) throws(StorageError) -> SealedReading? {
        switch try place(of: series, at: time) {
        case .unbundled(let index): return try unbundled[index].reading(verdicts, database)
        case .bundle(let bundle, let index): return try bundle[index].reading(verdicts, database)
        case nil: break
        }
        let select = statements.selectReading
        select.bind(1, HotRow.id(time, series))
        defer { select.reset() }
        return try select.step("read a reading") ? try select.hotReading(verdicts, of: database).reading : nil
    }

    /// Writes flag and tests of a reading anew.
    /// - Returns: false where there is none that is not sealed.
    func setHotVerdict(_ verdict: Int64, at time: Timestamp, of series: SeriesID) throws(StorageError) -> Bool {
        guard let place = try place(of: series, at: time) else {
            statements.updateVerdict.bind(1, HotRow.id(time, series))
            statements.updateVerdict.bind(2, verdict)
            try statements.updateVerdict.run("write a reading's tests")
            return database.changedRows > 0
        }
        let reading: BundledReading
        switch place {
        case .unbundled(let index):
            reading = unbundled[index]
            if let code = reading.code(with: verdict) {
                unbundled[index].code = code
                return true
            }
            unbundled.remove(at: index)
        case .bundle(let bundle, let index):
            reading = bundle[index]
            if let code = reading.code(with: verdict) {
                try bundles.setCode(code, at: index, of: bundle)
                return true
            }
            var kept = bundle.records
            kept.remove(at: index)
            try bundles.keep(kept, of: bundle)
        }
        return try insertHot(reading.id, reading.value, verdict: verdict)
    }

    // MARK: - Many

    /// How much of a stretch of time, from its beginning on, has about so many readings at most that are not sealed.
    func piece(
        of range: Range<Timestamp>, limit: Int
    ) throws(StorageError) -> (count: Int, range: Range<Timestamp>, isCut: Bool) {
        let cursor = try hotCursor(range)
        defer { cursor.close() }
        var count = 0
        while let (_, reading) = try cursor.next() {
            if count == limit { return (count, range.lowerBound..<(reading.time + 1), true) }
            count += 1
        }
        return (count, range, false)
    }

    /// Removes the readings of a stretch of time that are not sealed.
    /// - Parameters:
    ///   - kept: series of which they stay.
    ///   - single: readings of these that go all the same.
    /// - Returns: how many went.
    func removeHot(
        in range: Range<Timestamp>, besides kept: Set<SeriesID> = [],
        single: [(series: SeriesID, time: Timestamp)] = []
    ) throws(StorageError) -> Int {
        try begin()
        try bundleUp()
        guard let ids = HotRow.ids(range) else { return 0 }
        let list = kept.map { String($0) }.joined(separator: ",")
        let condition = kept.isEmpty ? "" : "AND id & \(HotRow.greatestSeries) NOT IN (\(list))"
        try database.execute(
            "DELETE FROM hot WHERE id BETWEEN \(ids.lowerBound) AND \(ids.upperBound) \(condition)",
            operation: "remove readings")
        var removed = Int(database.changedRows)
        let single = Set(single.map { HotRow.id($0.time, $0.series) })
        for id in single {
            statements.deleteReading.bind(1, id)
            try statements.deleteReading.run("remove a reading")
            removed += Int(database.changedRows)
        }
        return try removed
            + removeBundled(in: range) { !kept.contains($0.series) || single.contains($0.id) }
    }

    /// What stays of a bundle's readings of that time becomes rows: with the others gone it is not worth a bundle.
    private func removeBundled(
        in range: Range<Timestamp>, where isToGo: (BundledReading) -> Bool
    ) throws(StorageError) -> Int {
        var removed = 0
        for bundle in try bundles.all(in: range) {
            let within = bundle.readings.filter { range.contains($0.time) }
            let staying = within.filter { !isToGo($0) }
            guard staying.count < within.count else { continue }
            removed += within.count - staying.count
            let others = bundle.records.filter { !range.contains(bundle.start + BundleRecord(bits: $0).offset) }
            let isWorth = others.count >= Bundle.fewest
            try bundles.keep(isWorth ? others : [], of: bundle)
            FaultPoint.reach("bundle.removed")
            try insertHot(staying)
            if !isWorth { try insertHot(Bundle(id: bundle.id, records: others).readings) }
        }
        return removed
    }

    /// Notes the newest times of a file that was opened.
    func readNewest() throws(StorageError) {
        let select = try database.prepare("SELECT id FROM hot")
        while try select.step("look for the newest readings") {
            newest.note(HotRow.time(select.integer(0)), of: HotRow.series(select.integer(0)))
        }
        try bundles.visit(HotRow.times) { bundle in
            for reading in bundle.readings { newest.note(reading.time, of: reading.series) }
            return true
        }
    }
}
