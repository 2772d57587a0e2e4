public import Telemetry

extension Store {
    /// Removes readings that are older than a time, a piece at a time so that no commit waits long.
    /// - Parameter rule: under which they are counted.
    /// - Returns: how many went, at most about `limit`; fewer than `limit` when nothing older is left.
    public func removeReadings(
        before time: Timestamp, limit: Int, by rule: RemovalRule = .retention
    ) throws(StorageError) -> Int {
        var removed = try removeRows(before: time, limit: limit)
        FaultPoint.reach("retention.rows")
        if removed < limit { removed += try removeSegments(before: time, limit: limit - removed) }
        if removed > 0 {
            let outcome = LedgerEntry.removedReadings(by: rule)
            try addToLedger(source: "", counted: .removed, outcome: outcome, count: removed)
        }
        FaultPoint.reach("retention.counted")
        return removed
    }

    /// Whole segments, and of those that reach over the border the readings before it.
    private func removeSegments(before time: Timestamp, limit: Int) throws(StorageError) -> Int {
        var removed = 0
        while removed < limit {
            let old = try oldSegments(before: time)
            if old.isEmpty { break }
            for segment in old where removed < limit { removed += try remove(segment, before: time) }
        }
        FaultPoint.reach("retention.segments")
        return removed
    }

    /// Some of those that hold readings before a time, by their number. One that is damaged is counted where it is found.
    private func oldSegments(before time: Timestamp) throws(StorageError) -> [StoredSegment] {
        let hour = SegmentID.hour(of: time)
        let hourIDs = SegmentID.range(hours: hour...hour)
        let select = try database.prepare(
            """
            SELECT \(StoredSegment.columns) FROM segments
            WHERE id < \(hourIDs.lowerBound) OR id <= \(hourIDs.upperBound) AND first_time < ?1 ORDER BY id
            """)
        select.bind(1, time)
        var old: [StoredSegment] = []
        while old.count < 500, try select.step("look for old segments") {
            let segment = StoredSegment(select)
            if !sealed.isDamaged(segment) { old.append(segment) }
        }
        return old
    }

    /// - Returns: how many readings went.
    private func remove(_ segment: StoredSegment, before time: Timestamp) throws(StorageError) -> Int {
        var left: [SealedReading] = []
        if segment.lastTime >= time || !segment.isPlausible {
            let isWhole = try sealed.visitReadings(of: segment, in: time ..< .distantFuture) { left.append($0) }
            if !isWhole { return 0 }
        }
        try delete(segment)
        FaultPoint.reach("retention.segment")
        try writeAnew(left[...], of: segment.series)
        if !left.isEmpty { FaultPoint.reach("retention.trimmed") }
        return segment.count - left.count
    }

    private func removeRows(before time: Timestamp, limit: Int) throws(StorageError) -> Int {
        let old = try piece(of: .distantPast..<time, limit: limit - 1)
        return old.count == 0 ? 0 : try removeHot(in: old.range)
    }

    /// Gives free pages back to the file system, at most `limit`, so that no commit waits long. The file shrinks at the
    /// next checkpoint.
    ///
    /// A sixteenth of the file stays free: what retention frees in an hour is filled again in the next, and a file that
    /// shrank and grew for it would wear the flash.
    /// - Parameter fileLimit: how large the file may be, in bytes: free pages beyond it go as well.
    /// - Returns: how many went; fewer than `limit` when no more are to go.
    public func releaseFreePages(limit: Int, fileLimit: Int64? = nil) throws(StorageError) -> Int {
        let free = try freePageCount()
        let pages = try database.integer("PRAGMA page_count") ?? 0
        var kept = pages / 16
        if let fileLimit {
            let room = fileLimit / (try database.integer("PRAGMA page_size") ?? 1) - (pages - free)
            kept = min(kept, max(0, room))
        }
        let surplus = free - kept
        guard surplus > 0 else { return 0 }
        try begin()
        try database.execute("PRAGMA incremental_vacuum(\(min(surplus, Int64(limit))))", operation: "give space back")
        FaultPoint.reach("retention.released")
        return Int(free - (try freePageCount()))
    }

    private func freePageCount() throws(StorageError) -> Int64 { try database.integer("PRAGMA freelist_count") ?? 0 }

    /// Where to cut so that about `skip` rows older than `time` go; nil when none is older.
    private func border(
        of table: String, key: String, condition: String, before time: Timestamp, skip: Int
    ) throws(StorageError) -> Int64? {
        let selection = "FROM \(table) WHERE \(condition) AND \(key) < \(time.milliseconds) ORDER BY \(key)"
        guard try database.integer("SELECT \(key) \(selection) LIMIT 1") != nil else { return nil }
        return try database.integer("SELECT \(key) + 1 \(selection) LIMIT 1 OFFSET \(skip - 1)") ?? time.milliseconds
    }
}
