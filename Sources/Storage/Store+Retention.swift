public import Telemetry

extension Store {
    /// Removes readings that are older than a time, a piece at a time so that no commit waits long.
    /// - Returns: how many went, at most about `limit`; fewer than `limit` when nothing older is left.
    public func removeReadings(before time: Timestamp, limit: Int) throws(StorageError) -> Int {
        guard let border = try border(of: "readings", key: "time", condition: "1", before: time, skip: limit) else {
            return 0
        }
        try begin()
        try database.execute("DELETE FROM readings WHERE time < \(border)", operation: "remove old readings")
        let removed = Int(database.changedRows)
        if removed > 0 {
            try addToLedger(source: "", counted: .removed, outcome: LedgerEntry.stored, count: removed)
        }
        return removed
    }

    /// Removes a tier's aggregates that ended before a time. As ``removeReadings(before:limit:)``.
    public func removeAggregates(_ tier: Tier, before time: Timestamp, limit: Int) throws(StorageError) -> Int {
        let condition = "tier = \(tier.rawValue)"
        guard
            let border = try border(of: "aggregates", key: "start", condition: condition, before: time, skip: limit)
        else { return 0 }
        try begin()
        try database.execute(
            "DELETE FROM aggregates WHERE \(condition) AND start < \(border)", operation: "remove old aggregates")
        return Int(database.changedRows)
    }

    /// Gives free pages back to the file system, at most so many.
    public func releaseFreePages(_ count: Int) throws(StorageError) {
        try database.execute("PRAGMA incremental_vacuum(\(count))", operation: "give space back")
    }

    /// Where to cut so that about `skip` rows older than `time` go; nil when none is older.
    private func border(
        of table: String, key: String, condition: String, before time: Timestamp, skip: Int
    ) throws(StorageError) -> Int64? {
        let selection = "FROM \(table) WHERE \(condition) AND \(key) < \(time.milliseconds) ORDER BY \(key)"
        guard try database.integer("SELECT \(key) \(selection) LIMIT 1") != nil else { return nil }
        return try database.integer("SELECT \(key) + 1 \(selection) LIMIT 1 OFFSET \(skip - 1)") ?? time.milliseconds
    }
}
