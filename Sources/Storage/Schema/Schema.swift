/// The tables, and how an older file becomes a newer one.
enum Schema {
    /// "PORT" in ASCII, so that no foreign SQLite file is taken for ours. Source: https://www.sqlite.org/pragma.html#pragma_application_id
    static let applicationID: Int64 = 0x504F_5254

    static var currentVersion: Int64 { Int64(migrations.count) }

    /// One step a version; a step that was released is never changed.
    static let migrations = [version1, version2, version3, version4, version5]

    /// A series has one unit for ever: when the configuration gives its quantity another, a new series begins, and no
    /// value changes its meaning.
    ///
    /// Readings are clustered by time: new ones of all series share the last page, so that a commit writes few pages
    /// (measured: 433 bytes a reading against 7 885 when clustered by series, commits of 1 s). The key makes each
    /// reading unique. Source: https://www.sqlite.org/withoutrowid.html
    private static let version1 = """
        CREATE TABLE series(
            id INTEGER PRIMARY KEY,
            device TEXT NOT NULL,
            quantity TEXT NOT NULL,
            unit TEXT NOT NULL,
            kind TEXT NOT NULL,
            device_type TEXT NOT NULL,
            interval INTEGER,
            first_time INTEGER,
            UNIQUE(device, quantity, unit)
        ) STRICT;

        CREATE TABLE readings(
            time INTEGER NOT NULL,
            series INTEGER NOT NULL,
            value REAL NOT NULL,
            flag INTEGER NOT NULL,
            tests INTEGER NOT NULL,
            PRIMARY KEY(time, series)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE aggregates(
            tier INTEGER NOT NULL,
            start INTEGER NOT NULL,
            series INTEGER NOT NULL,
            end INTEGER NOT NULL,
            count INTEGER NOT NULL,
            suspect INTEGER NOT NULL,
            fail INTEGER NOT NULL,
            expected INTEGER,
            mean REAL,
            squared_deviations REAL,
            minimum REAL,
            maximum REAL,
            first REAL,
            first_time INTEGER,
            last REAL,
            last_time INTEGER,
            increase REAL,
            resets INTEGER,
            revision INTEGER NOT NULL,
            PRIMARY KEY(tier, start, series)
        ) STRICT, WITHOUT ROWID;

        -- A counter's neighbouring minutes, which lie far apart in a table that is clustered by time.
        CREATE INDEX counter_minutes ON aggregates(series, start) WHERE tier = 60 AND increase IS NOT NULL;

        CREATE TABLE late_windows(
            start INTEGER NOT NULL,
            series INTEGER NOT NULL,
            PRIMARY KEY(start, series)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE quarantine(
            id INTEGER PRIMARY KEY,
            received INTEGER NOT NULL,
            source TEXT NOT NULL,
            topic BLOB NOT NULL,
            payload BLOB NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            configuration TEXT NOT NULL
        ) STRICT;

        CREATE UNIQUE INDEX quarantine_conflicts ON quarantine(payload) WHERE reason = 'conflict';

        CREATE TABLE ledger(
            source TEXT NOT NULL,
            counted TEXT NOT NULL,
            outcome TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY(source, counted, outcome)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE unacknowledged(
            batch INTEGER PRIMARY KEY,
            entries BLOB NOT NULL
        ) STRICT;

        CREATE TABLE subscriptions(
            filter TEXT PRIMARY KEY
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE state(
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// What tells an uplink that comes twice, and what a quarantined message's replay must know: how many readings were put
    /// aside with it, and of which series readings were stored from it, four bytes each.
    private static let version2 = """
        CREATE TABLE uplinks(
            batch INTEGER PRIMARY KEY,
            identities BLOB NOT NULL
        ) STRICT;

        ALTER TABLE quarantine ADD COLUMN readings INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE quarantine ADD COLUMN accepted BLOB NOT NULL DEFAULT x'';
        """

    /// What aggregates of every kind hold besides, and the rules of a series from which they follow after a restart; where
    /// a series is measured; since when a minute is late; the minutes whose late readings quality control has not looked
    /// at yet; and what came while the gateway's clock was not trusted.
    ///
    /// Times of extremes are milliseconds after the window's start, that of a counter's base milliseconds before it. Percentiles stand there only where no distribution
    /// does. The usual share of readings is not written. All of it is absent in rows of before.
    private static let version3 = """
        ALTER TABLE aggregates ADD COLUMN minimum_time INTEGER;
        ALTER TABLE aggregates ADD COLUMN maximum_time INTEGER;
        ALTER TABLE aggregates ADD COLUMN p50 REAL;
        ALTER TABLE aggregates ADD COLUMN p85 REAL;
        ALTER TABLE aggregates ADD COLUMN p95 REAL;
        ALTER TABLE aggregates ADD COLUMN distribution BLOB;
        ALTER TABLE aggregates ADD COLUMN sum REAL;
        ALTER TABLE aggregates ADD COLUMN sine REAL;
        ALTER TABLE aggregates ADD COLUMN cosine REAL;
        ALTER TABLE aggregates ADD COLUMN wraps INTEGER;
        ALTER TABLE aggregates ADD COLUMN required_coverage REAL;
        ALTER TABLE aggregates ADD COLUMN increase_since INTEGER;

        ALTER TABLE series ADD COLUMN required_coverage REAL;
        ALTER TABLE series ADD COLUMN counter_bits INTEGER;
        ALTER TABLE series ADD COLUMN counter_rate REAL;
        ALTER TABLE series ADD COLUMN lateness INTEGER;
        ALTER TABLE series ADD COLUMN site TEXT NOT NULL DEFAULT '';
        ALTER TABLE series ADD COLUMN neighbourhood TEXT NOT NULL DEFAULT '';

        ALTER TABLE late_windows ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE unjudged_minutes(
            start INTEGER NOT NULL,
            series INTEGER NOT NULL,
            PRIMARY KEY(start, series)
        ) STRICT, WITHOUT ROWID;

        -- Boots in which something came before the clock was trusted. When one began is known once it is.
        CREATE TABLE boots(
            number INTEGER PRIMARY KEY,
            identity TEXT NOT NULL UNIQUE,
            earliest INTEGER NOT NULL,
            began INTEGER
        ) STRICT;

        -- Times are milliseconds since the boot, but for those of readings that have one of their own.
        CREATE TABLE undated(
            id INTEGER PRIMARY KEY,
            boot INTEGER NOT NULL,
            received INTEGER NOT NULL,
            time INTEGER NOT NULL,
            has_own_time INTEGER NOT NULL,
            series INTEGER NOT NULL,
            value REAL NOT NULL,
            source TEXT NOT NULL
        ) STRICT;

        ALTER TABLE quarantine ADD COLUMN boot INTEGER;
        """

    /// A reading lies in one of three places: in a bundle with those that were committed with it, in a row of its own where
    /// it came late or does not fit into a bundle, and in a segment once it is sealed.
    ///
    /// A segment's number is made of the hour of its first reading, its series and a running number (``SegmentID``), so that
    /// segments are clustered by time and those of one series are still found by their key.
    private static let version4 = """
        CREATE TABLE verdicts(
            number INTEGER PRIMARY KEY,
            flag INTEGER NOT NULL,
            tests INTEGER NOT NULL,
            UNIQUE(flag, tests)
        ) STRICT;

        CREATE TABLE hot(
            id INTEGER PRIMARY KEY,
            value ANY NOT NULL,
            code INTEGER NOT NULL
        ) STRICT;

        INSERT INTO verdicts SELECT row_number() OVER () - 1, flag, tests FROM (SELECT DISTINCT flag, tests FROM readings);
        INSERT INTO hot SELECT (time << 20) | series, value, (number << 4) | 15
        FROM readings JOIN verdicts USING(flag, tests) ORDER BY time, series;
        DROP TABLE readings;

        CREATE TABLE bundles(
            id INTEGER PRIMARY KEY,
            data BLOB NOT NULL
        ) STRICT;

        \(SchemaViews.hotReadings4)

        CREATE TABLE segments(
            id INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            first_time INTEGER NOT NULL,
            last_time INTEGER NOT NULL,
            count INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;

        -- Of its last reading in a segment, or later.
        ALTER TABLE series ADD COLUMN sealed_until INTEGER;

        \(SchemaViews.version4)
        """ + "\n" + AggregateSchema.version4

    /// What goes to partners: which aggregates were written, in which order (``ChangeBlock``), how far each partner is
    /// (``PendingChanges``), and what it refused.
    private static let version5 = """
        CREATE TABLE changes(
            id INTEGER PRIMARY KEY,
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE partners(
            name TEXT PRIMARY KEY,
            began INTEGER NOT NULL,
            pending BLOB NOT NULL,
            backlog INTEGER,
            bookmark TEXT,
            last_delivery INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE refusals(
            id INTEGER PRIMARY KEY,
            partner TEXT NOT NULL,
            time INTEGER NOT NULL,
            series INTEGER NOT NULL,
            tier INTEGER NOT NULL,
            start INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """

    /// Brings a database up to date, each step in a transaction of its own.
    /// - Throws: for a foreign file or one from a newer Poort, which is left untouched.
    /// - Parameter last: the version to stop at, for a file that takes the place of an older one.
    static func prepare(
        _ database: Database, pageSize: Int, through last: Int = migrations.count
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
                BEGIN IMMEDIATE; \(migrations[step]); PRAGMA application_id = \(applicationID);
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
