public import Telemetry

/// A boot of the box in which something came before its clock was trusted.
public struct Boot: Hashable, Sendable {
    /// By which rows refer to it.
    public var number: Int64
    /// What tells it from every other.
    public var identity: String
    /// What came in it came after this.
    public var earliest: Timestamp
    /// When it began by a clock that is right; nil while there was none.
    public var began: Timestamp?

    public init(number: Int64, identity: String, earliest: Timestamp, began: Timestamp? = nil) {
        self.number = number
        self.identity = identity
        self.earliest = earliest
        self.began = began
    }
}

/// A reading that came while the gateway's clock was not trusted.
public struct UndatedReading: Hashable, Sendable {
    /// Ascending, in the order in which they came.
    public var id: Int64
    public var boot: Int64
    /// Milliseconds since the boot.
    public var received: Int64
    /// Milliseconds since the boot, or since 1970 where it has a time of its own.
    public var time: Int64
    public var timeOrigin: Reading.TimeOrigin
    public var series: SeriesID
    public var value: Double
    /// Whose account it is in.
    public var source: String

    public init(
        id: Int64 = 0, boot: Int64, received: Int64, time: Int64, timeOrigin: Reading.TimeOrigin, series: SeriesID,
        value: Double, source: String
    ) {
        self.id = id
        self.boot = boot
        self.received = received
        self.time = time
        self.timeOrigin = timeOrigin
        self.series = series
        self.value = value
        self.source = source
    }
}

/// Readings wait here for the clock, counted as stored, and leave in the transaction that files them.
extension Store {
    /// The boots that rows refer to.
    public func boots() throws(StorageError) -> [Boot] {
        let select = try database.prepare("SELECT number, identity, earliest, began FROM boots ORDER BY number")
        var all: [Boot] = []
        while try select.step("read the boots") {
            all.append(
                Boot(
                    number: select.integer(0), identity: select.text(1), earliest: select.timestamp(2),
                    began: select.isNull(3) ? nil : select.timestamp(3)))
        }
        return all
    }

    /// Enters a boot that is not there yet.
    public func enterBoot(_ identity: String, earliest: Timestamp) throws(StorageError) -> Boot {
        try begin()
        let number = (try database.integer("SELECT max(number) FROM boots") ?? 0) + 1
        let insert = try database.prepare("INSERT INTO boots(number, identity, earliest) VALUES(?1, ?2, ?3)")
        insert.bind(1, number)
        insert.bind(2, identity)
        insert.bind(3, earliest)
        try insert.run("enter a boot")
        return Boot(number: number, identity: identity, earliest: earliest)
    }

    /// A boot's beginning is known now.
    public func setBegan(_ began: Timestamp, ofBoot number: Int64) throws(StorageError) {
        try begin()
        let update = try database.prepare("UPDATE boots SET began = ?2 WHERE number = ?1")
        update.bind(1, number)
        update.bind(2, began)
        try update.run("note a boot's beginning")
    }

    /// Dates the messages that were put aside in boots whose beginning is known.
    public func dateQuarantined() throws(StorageError) {
        try begin()
        try database.execute(
            """
            UPDATE quarantine SET received = received + (SELECT began FROM boots WHERE number = boot), boot = NULL
            WHERE boot IN (SELECT number FROM boots WHERE began IS NOT NULL)
            """, operation: "date quarantined messages")
    }

    /// Removes the boots that no row refers to any more.
    public func forgetBoots() throws(StorageError) {
        try begin()
        try database.execute(
            """
            DELETE FROM boots WHERE number NOT IN (SELECT boot FROM undated)
            AND number NOT IN (SELECT boot FROM quarantine WHERE boot IS NOT NULL)
            """, operation: "forget boots")
    }

    public func keepUndated(_ reading: UndatedReading) throws(StorageError) {
        try begin()
        let insert = statements.insertUndated
        insert.bind(1, reading.boot)
        insert.bind(2, reading.received)
        insert.bind(3, reading.time)
        insert.bind(4, Int32(reading.timeOrigin == .device ? 1 : 0))
        insert.bind(5, reading.series)
        insert.bind(6, reading.value)
        insert.bind(7, reading.source)
        try insert.run("keep a reading that is not dated")
    }

    public func undatedCount() throws(StorageError) -> Int {
        Int(try database.integer("SELECT count(*) FROM undated") ?? 0)
    }

    /// The first of them, so many at most.
    public func undatedReadings(limit: Int) throws(StorageError) -> [UndatedReading] {
        let select = try database.prepare(
            """
            SELECT id, boot, received, time, has_own_time, series, value, source FROM undated ORDER BY id LIMIT \(limit)
            """)
        var all: [UndatedReading] = []
        while try select.step("read what is not dated") {
            all.append(
                UndatedReading(
                    id: select.integer(0), boot: select.integer(1), received: select.integer(2),
                    time: select.integer(3), timeOrigin: select.integer(4) == 0 ? .receipt : .device,
                    series: SeriesID(select.integer(5)), value: select.double(6), source: select.text(7)))
        }
        return all
    }

    /// Removes what came before a time of its boot, a piece at a time. As ``removeReadings(before:limit:by:)``.
    /// - Parameter sinceBoot: milliseconds.
    public func removeUndated(boot: Int64, before sinceBoot: Int64, limit: Int) throws(StorageError) -> Int {
        let condition = "boot = \(boot) AND received < \(sinceBoot)"
        guard try database.integer("SELECT 1 FROM undated WHERE \(condition) LIMIT 1") != nil else { return 0 }
        try begin()
        try database.execute(
            "DELETE FROM undated WHERE id IN (SELECT id FROM undated WHERE \(condition) ORDER BY id LIMIT \(limit))",
            operation: "remove old readings")
        let removed = Int(database.changedRows)
        try addToLedger(source: "", counted: .removed, outcome: LedgerEntry.stored, count: removed)
        return removed
    }

    /// What a series is called; nil where there is none of that number.
    public func names(of series: SeriesID) throws(StorageError) -> (device: String, quantity: String, unit: String)? {
        let select = try database.prepare("SELECT device, quantity, unit FROM series WHERE id = ?1")
        select.bind(1, series)
        guard try select.step("look up a series") else { return nil }
        return (select.text(0), select.text(1), select.text(2))
    }

    /// What a reading that waited was counted as turns out to be something else.
    public enum UndatedOutcome: Sendable {
        case stored
        case duplicate
        case quarantined
    }

    /// Takes a reading out that has found its place, and moves its account there.
    public func settle(_ reading: UndatedReading, as outcome: UndatedOutcome) throws(StorageError) {
        try begin()
        statements.deleteUndated.bind(1, reading.id)
        try statements.deleteUndated.run("take out a reading that is dated")
        let name: String
        switch outcome {
        case .stored: return
        case .duplicate: name = LedgerEntry.duplicate
        case .quarantined: name = LedgerEntry.quarantined
        }
        try addToLedger(source: reading.source, counted: .readings, outcome: LedgerEntry.stored, count: -1)
        try addToLedger(source: reading.source, counted: .readings, outcome: name, count: 1)
    }
}
