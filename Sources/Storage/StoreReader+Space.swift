public import Telemetry

/// How much of the database file is in use.
public struct StoredSpace: Hashable, Sendable {
    /// All pages, as of the last commit: the file has them after the next checkpoint.
    public var fileBytes: Int64
    /// Without the pages that are free, which are filled before the file grows.
    public var usedBytes: Int64
}

/// How far back something is in the file.
public struct StoredReach: Hashable, Sendable {
    /// The time of the first raw reading; nil where there is none.
    public var readings: Timestamp?
    /// The start of each tier's first window.
    public var aggregates: [Tier: Timestamp] = [:]
}

extension StoreReader {
    public func space() throws(StorageError) -> StoredSpace {
        let pageSize = try database.integer("PRAGMA page_size") ?? 0
        let pages = try database.integer("PRAGMA page_count") ?? 0
        let free = try database.integer("PRAGMA freelist_count") ?? 0
        return StoredSpace(fileBytes: pages * pageSize, usedBytes: (pages - free) * pageSize)
    }

    /// Looks each up by its key.
    public func reach() throws(StorageError) -> StoredReach {
        var reach = StoredReach(readings: try oldestReading())
        for tier in Tier.allCases { reach.aggregates[tier] = try oldestAggregate(tier) }
        return reach
    }

    /// The time of the first reading, a row or sealed.
    public func oldestReading() throws(StorageError) -> Timestamp? {
        let row = try HotRows(database, schemaVersion: schemaVersion).cursor(of: nil)
            .firstTime(in: .distantPast ..< .distantFuture)
        guard schemaVersion >= 4,
            let id = try database.integer("SELECT id FROM segments ORDER BY id LIMIT 1")
        else { return row }
        let hour = SegmentID(rawValue: id).hour
        let range = SegmentID.range(hours: hour...hour)
        let sealed = try database.integer(
            "SELECT min(first_time) FROM segments WHERE id BETWEEN \(range.lowerBound) AND \(range.upperBound)")
        return [row, sealed.map(Timestamp.init(milliseconds:))].compactMap(\.self).min()
    }

    /// The start of a tier's first window.
    public func oldestAggregate(_ tier: Tier) throws(StorageError) -> Timestamp? {
        var start: Timestamp?
        try aggregates(tier, in: .distantPast ..< .distantFuture) {
            start = $0.aggregate.window.start
            return false
        }
        return start
    }
}
