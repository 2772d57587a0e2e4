import Telemetry

/// Keeps in the file where each counter's last minute with usable readings begins, so that after a restart nobody looks
/// through a long silence for it.
///
/// `series.counted` tells it as of `state.counted_until`: before that a series has no usable minute behind it. Both move on
/// once in an hour; that the statement stays true, a late minute behind it moves it on at once.
final class CountedMinutes {
    let search: MinuteSearch
    private let database: Database
    private let update: Statement
    private let setUntil: Statement
    /// Minutes since 1970, as everywhere here.
    private var known: [SeriesID: Int64] = [:]
    private var until: Int64 = 0
    /// The last usable minutes since ``until``.
    private var fresh: [SeriesID: Int64] = [:]
    private var isRead = false

    private static let steps: Int64 = 60
    /// So much later than others a series' minutes are often written.
    private static let lateness: Int64 = 15

    init(_ database: Database) throws(StorageError) {
        self.database = database
        search = try MinuteSearch(database)
        update = try database.prepare("UPDATE series SET counted = ?2 WHERE id = ?1")
        setUntil = try database.prepare("REPLACE INTO state(name, value) VALUES('counted_until', ?1)")
    }

    /// Must be told of each minute that is written with usable readings of a counter.
    func note(_ start: Timestamp, of series: SeriesID) throws(StorageError) {
        try read()
        let minute = AggregateKeys.minutes.step(of: start)
        search.note(usable: minute, of: series)
        if minute < until {
            if minute > known[series] ?? .min { try set(series, minute) }
            return
        }
        fresh[series] = max(minute, fresh[series] ?? .min)
        if minute >= until + CountedMinutes.steps + CountedMinutes.lateness { try moveOn(to: minute) }
    }

    private func moveOn(to minute: Int64) throws(StorageError) {
        for (series, last) in fresh where last > known[series] ?? .min { try set(series, last) }
        until = minute - CountedMinutes.lateness
        fresh = fresh.filter { $0.value >= until }
        setUntil.bind(1, until * AggregateKeys.minutes.stepMilliseconds)
        try setUntil.run("note up to when counters are known")
    }

    private func set(_ series: SeriesID, _ minute: Int64) throws(StorageError) {
        known[series] = minute
        update.bind(1, series)
        update.bind(2, minute * AggregateKeys.minutes.stepMilliseconds)
        try update.run("note a counter's last minute")
    }

    /// Reads what the file tells, once.
    func read() throws(StorageError) {
        if isRead { return }
        until = try CountedMinutes.until(in: database)
        let select = try database.prepare("SELECT id, counted FROM series WHERE counted IS NOT NULL")
        while try select.step("read the counters' last minutes") {
            let (series, last) = (SeriesID(truncatingIfNeeded: select.integer(0)), select.timestamp(1))
            known[series] = AggregateKeys.minutes.step(of: last)
            search.note(silence: CountedMinutes.silence(after: last, until: until), of: series)
        }
        let later = try database.prepare("SELECT id FROM minutes WHERE id >= ?1 AND increase IS NOT NULL ORDER BY id")
        later.bind(1, AggregateKeys.minutes.id(until, 0))
        while try later.step("read the counters' last minutes") {
            fresh[AggregateKeys.minutes.series(of: later.integer(0))] = AggregateKeys.minutes.step(of: later.integer(0))
        }
        isRead = true
    }

    /// Up to when a file tells it; before all where it does not.
    static func until(in database: Database) throws(StorageError) -> Int64 {
        let until = try database.integer("SELECT value FROM state WHERE name = 'counted_until'")
        return AggregateKeys.minutes.step(of: until.map(Timestamp.init(milliseconds:)) ?? .distantPast)
    }

    static func silence(after last: Timestamp, until: Int64) -> Range<Int64> {
        let first = AggregateKeys.minutes.step(of: last) + 1
        return first..<max(first, until)
    }

    /// Where what was written is not in the file after all.
    func forget() {
        (known, fresh, isRead) = ([:], [:], false)
        search.forget()
    }
}
