/// The tables, and how an older file becomes a newer one.
enum Schema {
    /// "PORT" in ASCII, so that no foreign SQLite file is taken for ours. Source: https://www.sqlite.org/pragma.html#pragma_application_id
    static let applicationID: Int64 = 0x504F_5254

    static var currentVersion: Int64 { Int64(SchemaVersions.migrations.count) }

    /// Brings a database up to date, each step in a transaction of its own.
    /// - Throws: for a foreign file or one from a newer Poort, which is left untouched.
    /// - Parameter last: the version to stop at, for a file that takes the place of an older one.
    static func prepare(
        _ database: Database, pageSize: Int, through last: Int = SchemaVersions.migrations.count
    ) throws(StorageError) {
        let (version, tables) = try identify(database)
        if tables == 0 {
            // The first page is written by way of a journal. Were that there again after a power cut, all that the log has
            // brought since would be rolled back. Source: https://www.sqlite.org/pragma.html#pragma_synchronous
            try database.execute("PRAGMA synchronous = EXTRA", operation: "set up the database")
            // All hold only if they are set before the first table is made, and in this order.
            try database.execute("PRAGMA page_size = \(pageSize)", operation: "set up the database")
            database.reserveChecksums()
            try database.execute("PRAGMA auto_vacuum = INCREMENTAL", operation: "set up the database")
        }
        try database.execute("PRAGMA journal_mode = WAL", operation: "switch to a write-ahead log")
        for step in Int(version)..<max(last, Int(version)) {
            FaultPoint.reach("migration.\(step + 1)")
            try database.execute(
                """
                BEGIN IMMEDIATE; \(SchemaVersions.migrations[step]); PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(step + 1)
                """, operation: "bring the database to schema version \(step + 1)")
            FaultPoint.reach("migration.\(step + 1).uncommitted")
            try database.execute("COMMIT", operation: "bring the database to schema version \(step + 1)")
        }
        FaultPoint.reach("migration.finished")
        if tables > 0 { return }
        // Pages that are read anew bear the file's identity, by which its log is told from another's.
        try database.execute(
            "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory", operation: "complete the database")
    }

    /// What a file is that may be written to, a new one included.
    /// - Throws: for a foreign file or one from a newer Poort.
    @discardableResult
    static func identify(_ database: Database) throws(StorageError) -> (version: Int64, tables: Int64) {
        let identity = try database.integer("PRAGMA application_id") ?? 0
        let version = try database.integer("PRAGMA user_version") ?? 0
        let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        if identity != applicationID && tables > 0 { throw foreignFile(database.path) }
        if version > currentVersion { throw newerFile(database.path, version: version) }
        return (version, tables)
    }

    /// For readers, who change nothing.
    /// - Returns: the file's version, which may be an older one.
    static func check(_ database: Database) throws(StorageError) -> Int64 {
        guard try database.integer("PRAGMA application_id") == applicationID else { throw foreignFile(database.path) }
        let version = try database.integer("PRAGMA user_version") ?? 0
        if version > currentVersion { throw newerFile(database.path, version: version) }
        return version
    }

    static func foreignFile(_ path: String) -> StorageError {
        StorageError(
            operation: "use the database", path: path, code: 26, cause: "it is not a Poort database",
            hint: "set [storage] path to another file; this one was left untouched")
    }

    static func newerFile(_ path: String, version: Int64) -> StorageError {
        StorageError(
            operation: "use the database", path: path, code: 26,
            cause: "its schema version \(version) is newer than this poort knows (\(currentVersion))",
            hint: "install the poort that wrote it, or a newer one; the file was left untouched")
    }
}
