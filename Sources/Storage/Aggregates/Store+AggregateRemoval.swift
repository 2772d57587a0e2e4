public import Telemetry

extension Store {
    /// Removes a tier's aggregates that began before a time, all windows of a start together, the oldest first. As
    /// ``removeReadings(before:limit:by:)``.
    public func removeAggregates(
        _ tier: Tier, before time: Timestamp, limit: Int, by rule: RemovalRule = .retention
    ) throws(StorageError) -> Int {
        let range = Timestamp.distantPast..<max(time, .distantPast)
        let removed =
            tier == .hour
            ? try removeHours(in: range, limit: limit)
            : try removeRows(of: AggregateTable(tier), in: range, limit: limit)
        if removed > 0 {
            let outcome = LedgerEntry.removedAggregates(tier, by: rule)
            try addToLedger(source: "", counted: .removed, outcome: outcome, count: removed)
        }
        return removed
    }

    /// Of a table in which rows lie by their start.
    private func removeRows(
        of table: AggregateTable, in range: Range<Timestamp>, limit: Int
    ) throws(StorageError) -> Int {
        let end = table.ids(of: range).upperBound
        let old = "FROM \(table.name) WHERE id < \(end) ORDER BY id"
        guard try database.integer("SELECT 1 \(old) LIMIT 1") != nil else { return 0 }
        let last = try database.integer("SELECT id \(old) LIMIT 1 OFFSET \(limit - 1)")
        let border = last.map { table.keys.id(table.keys.step(of: $0) + 1, 0) } ?? end
        try begin()
        try database.execute("DELETE FROM \(table.name) WHERE id < \(border)", operation: "remove old aggregates")
        let removed = Int(database.changedRows)
        if let rare = table.rareName {
            try database.execute("DELETE FROM \(rare) WHERE id < \(border)", operation: "remove old aggregates")
        }
        return removed
    }

    /// One start after the other of the first group that has some, and of the next.
    private func removeHours(in range: Range<Timestamp>, limit: Int) throws(StorageError) -> Int {
        let keys = AggregateKeys(.hour)
        let end = keys.steps(in: range).upperBound
        let oldest = try database.prepare("SELECT id FROM hours ORDER BY id LIMIT 1")
        let delete = try database.prepare(
            "DELETE FROM hours WHERE id >= ?1 AND id < ?2 AND id & \(keys.groupSize - 1) = ?3")
        var removed = 0
        while removed < limit, try oldest.step("look for old aggregates") {
            let group = keys.group(around: keys.step(of: oldest.integer(0)))
            oldest.reset()
            let before = removed
            try begin()
            let ids = keys.ids(of: Range(group))
            delete.bind(1, ids.lowerBound)
            delete.bind(2, ids.upperBound)
            for step in group where step < end && removed < limit {
                delete.bind(3, keys.place(of: step))
                try delete.run("remove old aggregates")
                removed += Int(database.changedRows)
            }
            // What is left of it is newer, as are the groups behind it.
            if removed == before { break }
        }
        return removed
    }
}
