/// The statements of a ``Store``, prepared once.
final class Statements {
    let begin: Statement
    let commit: Statement
    let insertSeries: Statement
    let selectSeries: Statement
    let updateFirstTime: Statement
    let insertReading: Statement
    let selectReading: Statement
    let deleteReading: Statement
    let insertSegment: Statement
    let deleteSegment: Statement
    let selectSegmentIDs: Statement
    let updateSealedUntil: Statement
    let updateVerdict: Statement
    let insertUnjudged: Statement
    let deleteUnjudged: Statement
    let insertLate: Statement
    let deleteLate: Statement
    let insertQuarantine: Statement
    let addToLedger: Statement
    let insertUnacknowledged: Statement
    let deleteUnacknowledged: Statement
    let insertUndated: Statement
    let deleteUndated: Statement
    let insertUplinks: Statement
    let deleteUplinks: Statement
    let updatePartner: Statement
    let insertRefusal: Statement
    let trimRefusals: Statement
    let selectState: Statement
    let upsertState: Statement

    static let seriesColumns = """
        id, kind, interval, first_time, required_coverage, counter_bits, counter_rate, device, quantity, unit, site,
        neighbourhood, lateness
        """

    init(_ database: Database) throws(StorageError) {
        begin = try database.prepare("BEGIN IMMEDIATE")
        commit = try database.prepare("COMMIT")
        insertSeries = try database.prepare(
            """
            INSERT INTO series(device, quantity, unit, kind, device_type, interval, required_coverage, counter_bits, counter_rate, site, neighbourhood,
            lateness)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT(device, quantity, unit) DO UPDATE SET kind = excluded.kind,
            device_type = excluded.device_type, interval = excluded.interval,
            required_coverage = excluded.required_coverage, counter_bits = excluded.counter_bits,
            counter_rate = excluded.counter_rate, site = excluded.site, neighbourhood = excluded.neighbourhood,
            lateness = excluded.lateness
            WHERE (kind, device_type, interval, required_coverage, counter_bits, counter_rate, site, neighbourhood,
            lateness) IS NOT
            (excluded.kind, excluded.device_type, excluded.interval, excluded.required_coverage, excluded.counter_bits,
            excluded.counter_rate, excluded.site, excluded.neighbourhood, excluded.lateness)
            """)
        selectSeries = try database.prepare(
            """
            SELECT \(Statements.seriesColumns) FROM series WHERE device = ?1 AND quantity = ?2 AND unit = ?3
            """)
        updateFirstTime = try database.prepare("UPDATE series SET first_time = ?2 WHERE id = ?1")
        insertReading = try database.prepare(
            "INSERT INTO hot(id, value, code) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING")
        selectReading = try database.prepare("SELECT \(HotRow.columns) FROM hot WHERE id = ?1")
        deleteReading = try database.prepare("DELETE FROM hot WHERE id = ?1")
        insertSegment = try database.prepare(
            "INSERT INTO segments(id, series, first_time, last_time, count, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        deleteSegment = try database.prepare("DELETE FROM segments WHERE id = ?1")
        selectSegmentIDs = try database.prepare("SELECT id FROM segments WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
        updateSealedUntil = try database.prepare("UPDATE series SET sealed_until = ?2 WHERE id = ?1")
        updateVerdict = try database.prepare("UPDATE hot SET code = (code & 15) | (?2 << 4) WHERE id = ?1")
        insertUnjudged = try database.prepare(
            "INSERT INTO unjudged_minutes(start, series) VALUES(?1, ?2) ON CONFLICT DO NOTHING")
        deleteUnjudged = try database.prepare("DELETE FROM unjudged_minutes WHERE start = ?1 AND series = ?2")
        insertLate = try database.prepare(
            "INSERT INTO late_windows(start, series, since) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING")
        deleteLate = try database.prepare("DELETE FROM late_windows WHERE start = ?1")
        insertQuarantine = try database.prepare(
            """
            INSERT INTO quarantine(received, source, topic, payload, reason, detail, configuration, readings, accepted, id, boot)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING
            """)
        addToLedger = try database.prepare(
            """
            INSERT INTO ledger(source, counted, outcome, count) VALUES(?1, ?2, ?3, ?4)
            ON CONFLICT(source, counted, outcome) DO UPDATE SET count = count + excluded.count
            """)
        insertUnacknowledged = try database.prepare("INSERT INTO unacknowledged(batch, entries) VALUES(?1, ?2)")
        deleteUnacknowledged = try database.prepare("DELETE FROM unacknowledged WHERE batch <= ?1")
        insertUndated = try database.prepare(
            """
            INSERT INTO undated(boot, received, time, has_own_time, series, value, source)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        deleteUndated = try database.prepare("DELETE FROM undated WHERE id = ?1")
        insertUplinks = try database.prepare("INSERT INTO uplinks(batch, identities) VALUES(?1, ?2)")
        deleteUplinks = try database.prepare("DELETE FROM uplinks WHERE batch <= ?1")
        updatePartner = try database.prepare(
            """
            UPDATE partners SET pending = ?2, last_delivery = ifnull(?3, last_delivery), bookmark = ifnull(?4, bookmark)
            WHERE name = ?1
            """)
        insertRefusal = try database.prepare(
            """
            INSERT INTO refusals(partner, time, series, tier, start, revision, reason) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        trimRefusals = try database.prepare(
            "DELETE FROM refusals WHERE id <= (SELECT max(id) FROM refusals) - \(Store.mostRefusals)")
        selectState = try database.prepare("SELECT value FROM state WHERE name = ?1")
        upsertState = try database.prepare(
            "INSERT INTO state(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value")
    }
}
