/// Views in the file itself, for those who read it with `sqlite3`: part of a schema version, and changed only by the next.
enum SchemaViews {
    /// Bundles are taken apart as ``BundleRecord`` describes: the place of a byte among all of them is its value.
    static let hotReadings4 = """
        CREATE VIEW hot_readings AS
        SELECT id >> 20 AS time, id & \(HotRow.greatestSeries) AS series, \(HotRow.valueSQL) AS value, flag, tests
        FROM hot JOIN verdicts ON number = code >> 4
        UNION ALL
        SELECT start + offset, series,
            CASE code & 7 \(HotRow.decimalSQL) END, flag, tests
        FROM (
            WITH RECURSIVE places(place) AS (SELECT 1 UNION ALL SELECT place + 8 FROM places WHERE place < 8185),
            alphabet(bytes) AS (SELECT x'\(alphabet)')
            SELECT id >> 20 AS start,
                (\(byte(0)) << 8) | \(byte(1)) AS series,
                (\(byte(2)) << 8) | \(byte(3)) AS offset,
                ((\(byte(4)) << 16) | (\(byte(5)) << 8) | \(byte(6))) - 8388608 AS value,
                \(byte(7)) AS code
            FROM bundles CROSS JOIN alphabet CROSS JOIN places ON place <= length(data)
        ) CROSS JOIN verdicts ON number = code >> 3;
        """

    private static let alphabet = (0..<256).map { byte in
        let digits = String(byte, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }.joined()

    private static func byte(_ offset: Int) -> String { "(instr(bytes, substr(data, place + \(offset), 1)) - 1)" }

    /// The words `CROSS JOIN` keep the order in which the tables are walked: readings lie by time, and no index leads
    /// from a series to them. Source: https://www.sqlite.org/lang_select.html, "Special handling of CROSS JOIN"
    static let version4 = """
        CREATE VIEW readings AS
        SELECT series, device, quantity, unit, time, value, flag, tests
        FROM hot_readings CROSS JOIN series ON series.id = hot_readings.series;

        CREATE VIEW devices AS
        SELECT d.*, (SELECT time FROM readings AS r WHERE r.device = d.device ORDER BY time DESC LIMIT 1) AS last_time
        FROM (SELECT device, max(device_type) AS type, max(site) AS site, max(neighbourhood) AS neighbourhood,
                group_concat(quantity, ' ') AS quantities, min(first_time) AS first_time
            FROM (SELECT device, device_type, site, neighbourhood, quantity, min(first_time) AS first_time FROM series
                GROUP BY device, quantity ORDER BY device, quantity)
            GROUP BY device) AS d;

        CREATE VIEW about("table", "column", unit, holds) AS VALUES
        ('readings', '', '', 'readings that are not sealed yet: about the last hour. All of them: poort sql'),
        ('readings', 'time', 'ms UTC', 'since 1970: datetime(time / 1000, ''unixepoch'')'),
        ('readings', 'value', 'unit', 'the unit is in UCUM'),
        ('readings', 'flag', 'QARTOD', '1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing'),
        ('readings', 'tests', '', 'four bits a test, the lowest first: gross_range, spike, rate_of_change, flat_line, '
            || 'attenuated_signal, time_gap, impossible_date, co_located, peer_spread; 0 where it was not run'),
        ('bundles', '', '', 'readings that are not sealed, as they were committed together: hot_readings takes them apart'),
        ('hot', '', '', 'readings that are not sealed either, and came late or fit into no bundle'),
        ('segments', '', '', 'sealed readings, up to a day of one series in each, which only poort reads: poort sql'),
        ('segments', 'first_time', 'ms UTC', 'of its first reading; last_time and count as well'),
        ('aggregates', '', '', 'what readings amount to in windows; poort sql has more figures, and names'),
        ('aggregates', 'tier', 's', '60, 900, 3600 or 86400'),
        ('aggregates', 'start', 'ms UTC', 'of the window; before end'),
        ('aggregates', 'series', '', 'series.id'),
        ('aggregates', 'count', '', 'usable readings: the figures are theirs'),
        ('aggregates', 'squared_deviations', 'unit²', 'sum; sqrt(squared_deviations / count) is the standard deviation'),
        ('aggregates', 'minimum_time', 'ms', 'after start; maximum_time as well'),
        ('aggregates', 'increase_since', 'ms', 'before start'),
        ('aggregates', 'distribution', '', 'how often each value occurred: poort sql shows p50, p85 and p95'),
        ('minutes', '', '', 'windows of a minute as they lie, as quarters, hours and days: aggregates shows them all'),
        ('series', '', '', 'one quantity of one device, in one unit'),
        ('series', 'interval', 'ms', 'expected between readings, where it is configured'),
        ('series', 'sealed_until', 'ms UTC', 'of its last reading in a segment, or later'),
        ('devices', '', '', 'every device that has sent something; last_time only where not all is sealed'),
        ('quarantine', '', '', 'messages that were put aside; CAST(topic AS TEXT), CAST(payload AS TEXT)'),
        ('quarantine', 'received', 'ms UTC', 'since a boot where boot is not NULL'),
        ('ledger', '', '', 'what became of all messages and readings, and of windows for each partner (counted = ''shared'')'),
        ('changes', '', '', 'which windows were written, in order, as long as a partner waits for them: data is packed'),
        ('partners', '', '', 'who gets windows: poort partners; pending says from which changes on'),
        ('refusals', '', '', 'windows that a partner did not take, with its words: poort partners refused'),
        ('refusals', 'start', 'ms UTC', 'of the window; time is when it was refused');
        """
}
