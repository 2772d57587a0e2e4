/// Views in the file itself, for those who read it with `sqlite3`: part of a schema version, and changed only by the next.
enum SchemaViews {
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
        ('series', '', '', 'one quantity of one device, in one unit'),
        ('series', 'interval', 'ms', 'expected between readings, where it is configured'),
        ('devices', '', '', 'every device that has sent something; last_time only where not all is sealed'),
        ('quarantine', '', '', 'messages that were put aside; CAST(topic AS TEXT), CAST(payload AS TEXT)'),
        ('quarantine', 'received', 'ms UTC', 'since a boot where boot is not NULL'),
        ('ledger', '', '', 'what became of all messages and readings');
        """
}
