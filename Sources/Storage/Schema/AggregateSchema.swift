import Telemetry

/// How schema version 4 keeps aggregates: a table for each tier, written at its end, and a view that shows them as the
/// table `aggregates` of the versions before did. As a step that was released this is never changed.
///
/// Figures are whole numbers of the window's last digit where dividing these gives the same bits, else REAL: a temperature of 21.5
/// takes two bytes and no eight. That a row has none of a figure costs a byte, so what few minutes have is in a
/// table of its own; 0, 1 and NULL cost nothing besides.
enum AggregateSchema {
    static let version4 =
        ["minutes": 60, "quarters": 900, "hours": 3600, "days": 86_400]
        .sorted { $0.value < $1.value }.map { create($0.key) + "\n" + move($0.key, tier: $0.value) }
        .joined(separator: "\n") + counters + "\nDROP TABLE aggregates;\n" + view

    private static func keys(_ tier: Int) -> AggregateKeys { AggregateKeys(Tier(rawValue: Int32(tier)) ?? .minute) }

    private static let common = """
        count INTEGER NOT NULL,
        suspect INTEGER NOT NULL,
        fail INTEGER NOT NULL,
        expected INTEGER,
        revision INTEGER NOT NULL,
        digits INTEGER NOT NULL, -- figures that are INTEGER are to be divided by 10 to the power of this
        mean ANY,
        squared_deviations ANY,
        minimum ANY,
        minimum_time INTEGER, -- milliseconds after the window's start, as all times
        maximum ANY,
        maximum_time INTEGER,
        first ANY,
        first_time INTEGER,
        last ANY,
        last_time INTEGER,
        distribution BLOB,
        increase ANY,
        increase_since INTEGER, -- milliseconds before the window's start
        sum ANY
        """

    private static let rare = """
        resets INTEGER, -- NULL for none, as wraps
        wraps INTEGER,
        sine ANY,
        cosine ANY,
        p50 ANY, -- where there is no distribution, from which percentiles follow
        p85 ANY,
        p95 ANY,
        required_coverage ANY -- NULL for the usual one
        """

    private static func create(_ table: String) -> String {
        let id =
            table == "hours"
            ? "id INTEGER PRIMARY KEY, -- (hour >> 3 << 20 | series) << 3 | (hour & 7), hour being start / 3600000"
            : "id INTEGER PRIMARY KEY, -- (start / 60000) << 20 | series"
        return switch table {
        case "minutes":
            """
            CREATE TABLE minutes(\(id)
            \(common)
            ) STRICT;
            CREATE TABLE minutes_more(\(id)
            \(rare)
            ) STRICT;
            """
        case "days":
            """
            CREATE TABLE days(\(id)
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            \(common),
            \(rare)
            ) STRICT;
            """
        default:
            """
            CREATE TABLE \(table)(\(id)
            \(common),
            \(rare)
            ) STRICT;
            """
        }
    }

    // MARK: - Rows of before

    private static let commonNames = """
        count, suspect, fail, expected, revision, digits, mean, squared_deviations, minimum, minimum_time, maximum,
        maximum_time, first, first_time, last, last_time, distribution, increase, increase_since, sum
        """
    private static let rareNames = "resets, wraps, sine, cosine, p50, p85, p95, required_coverage"

    private static let movedCommon = """
        count, suspect, fail, expected, revision, digits, \(number("mean")), \(number("squared_deviations")),
        \(number("minimum")), minimum_time, \(number("maximum")), maximum_time, \(number("first")), first_time - start,
        \(number("last")), last_time - start, distribution, \(number("increase")), increase_since, \(number("sum"))
        """
    private static let movedRare = """
        nullif(resets, 0), wraps, \(number("sine")), \(number("cosine")), \(number("p50")), \(number("p85")),
        \(number("p95")), \(number("required_coverage"))
        """

    private static func move(_ table: String, tier: Int) -> String {
        let id = keys(tier).idSQL(start: "start", series: "series")
        // The offset keeps SQLite from computing the digits anew for each column.
        let rows = """
            (SELECT *, CAST('1e' || digits AS REAL) AS power FROM (SELECT *, CASE WHEN \(areWhole("1.0")) THEN 0
            WHEN \(areWhole("10.0")) THEN 1 WHEN \(areWhole("100.0")) THEN 2 WHEN \(areWhole("1000.0")) THEN 3 ELSE 0 END
            AS digits FROM aggregates WHERE tier = \(tier) LIMIT -1 OFFSET 0) LIMIT -1 OFFSET 0)
            """
        return switch table {
        case "minutes":
            """
            INSERT OR IGNORE INTO minutes(id, \(commonNames)) SELECT \(id), \(movedCommon) FROM \(rows);
            INSERT OR IGNORE INTO minutes_more(id, \(rareNames)) SELECT \(id), \(movedRare) FROM \(rows)
            WHERE resets > 0 OR coalesce(wraps, sine, cosine, p50, p85, p95, required_coverage) IS NOT NULL;
            """
        case "days":
            """
            INSERT OR IGNORE INTO days(id, start, "end", \(commonNames), \(rareNames))
            SELECT \(id), start, "end", \(movedCommon), \(movedRare) FROM \(rows);
            """
        default:
            """
            INSERT OR IGNORE INTO \(table)(id, \(commonNames), \(rareNames))
            SELECT \(id), \(movedCommon), \(movedRare) FROM \(rows);
            """
        }
    }

    private static func whole(_ name: String, _ power: String) -> String {
        "CAST(round(\(name) * \(power)) AS INTEGER)"
    }

    private static func areWhole(_ power: String) -> String {
        ["minimum", "maximum", "first", "last"].map { "ifnull(\(whole($0, power)) / \(power) = \($0), 1)" }
            .joined(separator: " AND ")
    }

    private static func number(_ name: String) -> String {
        "CASE WHEN \(whole(name, "power")) / power = \(name) THEN \(whole(name, "power")) ELSE \(name) END"
    }

    /// Where a counter's last minute with usable readings begins: see ``CountedMinutes``.
    private static let counters = """

        ALTER TABLE series ADD COLUMN counted INTEGER;
        UPDATE series SET counted = (SELECT max(start) FROM aggregates INDEXED BY counter_minutes
        WHERE tier = 60 AND increase IS NOT NULL AND aggregates.series = series.id);
        INSERT INTO state SELECT 'counted_until', start + 60000 FROM aggregates WHERE tier = 60
        ORDER BY start DESC LIMIT 1;
        """

    // MARK: - For who reads with SQL

    private static let view =
        "CREATE VIEW aggregates AS\n"
        + [
            shown("minutes LEFT JOIN minutes_more USING(id)", tier: 60), shown("quarters", tier: 900),
            shown("hours", tier: 3600), shown("days", tier: 86_400),
        ].joined(separator: "\nUNION ALL\n") + ";"

    private static func shown(_ source: String, tier: Int) -> String {
        let begin = keys(tier).startSQL("id")
        let (start, end) = tier == 86_400 ? ("start", "\"end\"") : (begin, "\(begin) + \(tier * 1000)")
        return """
            SELECT \(tier) AS tier, \(start) AS start, \(keys(tier).seriesSQL("id")) AS series, \(end) AS "end",
            count, suspect, fail, expected, \(figure("mean")), \(figure("squared_deviations")), \(figure("minimum")), \(figure("maximum")),
            \(figure("first")), \(start) + first_time AS first_time, \(figure("last")), \(start) + last_time AS last_time,
            \(figure("increase")), CASE WHEN increase IS NOT NULL THEN ifnull(resets, 0) END AS resets, revision,
            minimum_time, maximum_time, \(figure("p50")), \(figure("p85")), \(figure("p95")), distribution,
            \(figure("sum")), \(figure("sine")), \(figure("cosine")), wraps, \(figure("required_coverage")),
            increase_since FROM \(source)
            """
    }

    private static func figure(_ name: String) -> String {
        "CASE typeof(\(name)) WHEN 'integer' THEN \(name) / CAST('1e' || digits AS REAL) ELSE \(name) END AS \(name)"
    }
}
