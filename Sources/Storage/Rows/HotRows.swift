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

    func count() throws(StorageError) -> Int {
        guard verdicts != nil else { return Int(try database.integer("SELECT count(*) FROM main.readings") ?? 0) }
        let rows = try database.integer("SELECT count(*) FROM main.hot") ?? 0
        let bytes = try database.integer("SELECT sum(length(data)) FROM main.bundles") ?? 0
        return Int(rows) + Int(bytes) / BundleRecord.byteCount
    }
}
