/// What there is to read for a ``SQLSession`` besides the tables `readings` and `aggregates`, and what all of it means.
enum SQLTables {
    /// Statements that make the views, in the connection and not in the file.
    static func views(schemaVersion: Int64) -> String {
        let place = schemaVersion < 3 ? "'' AS site, '' AS neighbourhood" : "site, neighbourhood"
        let held = schemaVersion < 2 ? "NULL AS readings" : "readings"
        let boot = schemaVersion < 3 ? "0" : "boot IS NOT NULL"
        return """
            CREATE TEMP VIEW devices AS
            SELECT d.*, (SELECT time FROM readings AS r WHERE r.device = d.device ORDER BY time DESC LIMIT 1) AS last_time
            FROM (SELECT device, max(device_type) AS type, max(site) AS site, max(neighbourhood) AS neighbourhood,
                    group_concat(quantity, ' ') AS quantities, min(first_time) AS first_time
                FROM (SELECT device, device_type, \(place), quantity, min(first_time) AS first_time FROM main.series
                    GROUP BY device, quantity ORDER BY device, quantity)
                GROUP BY device) AS d;

            CREATE TEMP VIEW quarantine AS
            SELECT id AS number, received, source, as_text(topic) AS topic, as_text(payload) AS payload, reason, detail,
                \(held), configuration, \(boot) AS since_boot
            FROM main.quarantine;

            CREATE TEMP VIEW about("table", "column", unit, holds) AS VALUES \(descriptions);
            """
    }

    private static var descriptions: String {
        about.map { row in
            let cells = [row.table, row.column, row.unit, row.holds].map { cell in
                "'" + cell.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
            }
            return "(\(cells.joined(separator: ", ")))"
        }.joined(separator: ",\n")
    }

    private typealias Row = (table: String, column: String, unit: String, holds: String)

    private static let about: [Row] =
        readings + aggregates + series + devices + quarantine + [
            ("ledger", "", "", "what became of all messages and readings: Docs/ledger.md"),
            ("ledger", "source", "", "the source's name, or its topic"),
            ("ledger", "counted", "", "messages, readings, or removed"),
            ("ledger", "outcome", "", "received, stored, duplicate, quarantined, rejected:REASON; of removed: which"),
            ("ledger", "count", "", "how many, since the file was made"),
            ("utc(ms)", "", "", "a function: milliseconds as a text, 2026-11-23T10:00:00.000Z"),
            ("ms(text)", "", "", "a function: the other way round; ms('2026-11-23') is the day's beginning, ms() now"),
            ("tests_json(tests)", "", "", "a function: the flag of each test; tests_json(tests) ->> 'spike' is one"),
        ]

    private static let readings: [Row] = [
        ("readings", "", "", "every reading that is stored, sealed or not"),
        ("readings", "series", "", "number of the series: readings.series = series.id"),
        ("readings", "device", "", "device and quantity as everywhere"),
        ("readings", "quantity", "", ""),
        ("readings", "unit", "UCUM", "of value"),
        ("readings", "time", "ms UTC", "since 1970; a condition on it is looked up, not searched"),
        ("readings", "value", "unit", ""),
        ("readings", "flag", "QARTOD", "1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing"),
        ("readings", "tests", "", "four bits for each test; tests_json(tests) shows them"),
    ]

    private static let aggregates: [Row] = [
        ("aggregates", "", "", "what readings amount to in windows; columns as in Docs/output.md"),
        ("aggregates", "series", "", "number of the series; device, quantity and unit as in readings"),
        ("aggregates", "tier", "", "1m, 15m, 1h or 1d"),
        ("aggregates", "start", "ms UTC", "of the window; before end"),
        ("aggregates", "count", "", "usable readings; the figures are theirs: mean, min, max, stddev, first, last"),
        ("aggregates", "coverage", "0 to 1", "share of the readings expected; valid is 1 where it is enough"),
        ("aggregates", "revision", "", "1, and one more for each correction"),
        ("aggregates", "increase", "unit", "of counters; resets, wraps and increase_since beside"),
        ("aggregates", "min_time", "ms UTC", "when the extreme was reached first; max_time as well"),
        ("aggregates", "p50", "unit", "percentiles p50, p85, p95; sum of interval counts; resultant of directions"),
    ]

    private static let series: [Row] = [
        ("series", "", "", "one quantity of one device, in one unit"),
        ("series", "id", "", "its number"),
        ("series", "kind", "", "gauge, counter and so on: how it becomes aggregates"),
        ("series", "interval", "ms", "expected between readings, where it is configured"),
        ("series", "first_time", "ms UTC", "of its earliest reading"),
    ]

    private static let devices: [Row] = [
        ("devices", "", "", "every device that has sent something"),
        ("devices", "type", "", "from the configuration or the topic; site and neighbourhood as well"),
        ("devices", "quantities", "", "what it measures"),
        ("devices", "first_time", "ms UTC", "of its earliest reading; last_time of its latest"),
    ]

    private static let quarantine: [Row] = [
        ("quarantine", "", "", "messages that were put aside, with what tells of people masked"),
        ("quarantine", "number", "", "as in poort quarantine"),
        ("quarantine", "received", "ms UTC", "since a boot where since_boot is 1"),
        ("quarantine", "topic", "", "text; topic and payload are bytes where they are no UTF-8"),
        ("quarantine", "reason", "", "and in words: detail"),
        ("quarantine", "readings", "", "how many were put aside with it"),
    ]
}
