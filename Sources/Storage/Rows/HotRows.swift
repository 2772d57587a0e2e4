import Telemetry

/// The readings of a file that are not sealed, for those who pass over them: see ``HotCursor``.
struct HotRows {
    private let database: Database
    private let verdicts: Verdicts?

    /// - Parameter verdicts: nil for a file of schema version 3 or before.
    init(_ database: Database, verdicts: Verdicts?) {
        self.database = database
        self.verdicts = verdicts
    }

    /// - Parameter schemaVersion: of the file.
    init(_ database: Database, schemaVersion: Int64) throws(StorageError) {
        self.init(database, verdicts: schemaVersion < 4 ? nil : try Verdicts(database))
    }

    /// - Parameter series: nil for all.
    func cursor(of series: [SeriesID]?, newestFirst: Bool = false) throws(StorageError) -> HotCursor {
        try HotCursor(database, verdicts: verdicts, of: series, newestFirst: newestFirst)
    }

    /// The time of the first reading in a stretch of time. Passes over those of other series before it.
    func first(in range: Range<Timestamp>, of series: [SeriesID]?) throws(StorageError) -> Timestamp? {
        try end(of: range, of: series, newestFirst: false)
    }

    /// The time of the last reading in a stretch of time. Passes over those of other series behind it.
    func last(in range: Range<Timestamp>, of series: [SeriesID]?) throws(StorageError) -> Timestamp? {
        try end(of: range, of: series, newestFirst: true)
    }

    private func end(
        of range: Range<Timestamp>, of series: [SeriesID]?, newestFirst: Bool
    ) throws(StorageError) -> Timestamp? {
        let cursor = try cursor(of: series, newestFirst: newestFirst)
        try cursor.open(range, limit: 1)
        defer { cursor.close() }
        return try cursor.next()?.reading.time
    }

    func count() throws(StorageError) -> Int {
        guard verdicts != nil else { return Int(try database.integer("SELECT count(*) FROM main.readings") ?? 0) }
        let rows = try database.integer("SELECT count(*) FROM main.hot") ?? 0
        let bytes = try database.integer("SELECT sum(length(data)) FROM main.bundles") ?? 0
        return Int(rows) + Int(bytes) / BundleRecord.byteCount
    }
}
