/// What each version of the file has that the one before had not.
enum SchemaVersions {
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
}
