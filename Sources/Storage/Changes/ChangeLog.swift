public import Telemetry

/// The order in which aggregates were written, for those who pass them on. Kept while there is a partner.
///
/// A row holds the changes of a commit (``ChangeBlock``); its number is that of its first change.
final class ChangeLog {
    private let insert: Statement
    private var notes: [ChangeBlock.Note] = []
    private var noted: Int64 = 0
    /// The number that the next change to be committed gets.
    private(set) var next: ChangeNumber
    /// Whether anybody wants to know.
    var isKept: Bool

    static let state = "changes"

    init(_ database: Database) throws(StorageError) {
        insert = try database.prepare("INSERT INTO changes(id, data) VALUES(?1, ?2)")
        next = try StoreReader(database: database).nextChange()
        isKept = try database.integer("SELECT 1 FROM partners LIMIT 1") != nil
    }

    var isEmpty: Bool { notes.isEmpty }

    /// Notes that an aggregate was written in the current transaction.
    func note(_ window: Window, series: SeriesID, revision: Int) {
        guard isKept else { return }
        noted += 1
        let minute = AggregateKeys.minutes.step(of: window.start)
        if let last = notes.indices.last, notes[last].tier == window.tier, notes[last].minute == minute,
            notes[last].revision == revision, notes[last].series + SeriesID(notes[last].count) == series
        {
            notes[last].count += 1
        } else {
            notes.append(
                ChangeBlock.Note(tier: window.tier, minute: minute, series: series, count: 1, revision: revision))
        }
    }

    /// Writes what was noted, as a row.
    func write(now: Timestamp) throws(StorageError) {
        guard !notes.isEmpty else { return }
        insert.bind(1, next)
        insert.bind(2, blob: ChangeBlock(notes, committed: now).bytes)
        try insert.run("note which aggregates have changed")
        next += noted
        forget()
    }

    /// What was noted is not in the file.
    func forget() {
        notes.removeAll(keepingCapacity: true)
        noted = 0
    }
}

extension Store {
    /// The number that the next change to be committed gets.
    public var nextChange: ChangeNumber { changes.next }

    /// Whether there is a partner for whom changes are recorded.
    public var keepsChanges: Bool { changes.isKept }

    /// Writes which aggregates the transaction has changed. Before each commit.
    /// - Parameter now: by the gateway's clock.
    public func recordChanges(now: Timestamp) throws(StorageError) {
        guard !changes.isEmpty else { return }
        try changes.write(now: now)
        try setState(ChangeLog.state, changes.next - 1)
    }

    /// Lets go what no partner waits for any more, some rows at a time.
    /// - Returns: whether there may be more.
    public func removeSettledChanges(limit: Int) throws(StorageError) -> Bool {
        let needed = try withoutReadings.partners().map(\.pending.first).min() ?? changes.next
        // The last row that begins before what is needed may reach into it.
        let select = try database.prepare("SELECT max(id) FROM changes WHERE id <= ?1")
        select.bind(1, needed)
        let kept = try select.step("look for settled changes") && !select.isNull(0) ? select.integer(0) : 0
        select.reset()
        guard try database.integer("SELECT 1 FROM changes WHERE id < \(kept) LIMIT 1") != nil else { return false }
        try begin()
        try database.execute(
            "DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE id < \(kept) ORDER BY id LIMIT \(limit))",
            operation: "forget settled changes")
        return Int(database.changedRows) >= limit
    }
}

extension StoreReader {
    /// The number that the next change gets.
    public func nextChange() throws(StorageError) -> ChangeNumber {
        guard schemaVersion >= 5 else { return 1 }
        if let count = try state(ChangeLog.state) { return count + 1 }
        // Where that was lost with a damaged page, no number may be given again that a partner has settled.
        let select = try database.prepare("SELECT id, data FROM changes ORDER BY id DESC LIMIT 1")
        var next: ChangeNumber = 1
        if try select.step("find the last change") {
            next = select.integer(0) + max(1, ChangeBlock.head(of: select.bytes(1)).count)
            select.reset()
        }
        return try partners().reduce(next) { max($0, $1.pending.open) }
    }

    /// Visits what has changed, in order, until `visit` says false. Numbers between which nothing is known are left out.
    public func changes(
        in range: Range<ChangeNumber>, visit: (ChangeRun) throws(StorageError) -> Bool
    ) throws(StorageError) {
        guard schemaVersion >= 5, !range.isEmpty else { return }
        let select = try database.prepare(
            """
            SELECT id, data FROM changes
            WHERE id >= ifnull((SELECT max(id) FROM changes WHERE id <= ?1), ?1) AND id < ?2 ORDER BY id
            """)
        select.bind(1, range.lowerBound)
        select.bind(2, range.upperBound)
        var goesOn = true
        while goesOn, try select.step("read what has changed") {
            let first = select.integer(0)
            try select.withBlob(1) { bytes throws(StorageError) in
                goesOn = try ChangeBlock.visit(bytes, first: first) { run throws(StorageError) in
                    guard let part = run.clamped(to: range) else { return run.numbers.lowerBound < range.upperBound }
                    return try visit(part)
                }
            }
        }
    }

    /// The first change that was committed at a time or later; nil where none was.
    public func firstChange(since time: Timestamp) throws(StorageError) -> ChangeNumber? {
        guard schemaVersion >= 5 else { return nil }
        // Times ascend as numbers do, but for a clock that was set back: then a part of what is older is taken for newer.
        let last = try database.integer("SELECT max(id) FROM changes") ?? 0
        let first = try database.integer("SELECT min(id) FROM changes") ?? 0
        let select = try database.prepare("SELECT id, data FROM changes WHERE id <= ?1 ORDER BY id DESC LIMIT 1")
        var (low, high) = (first, last + 1)
        var found: ChangeNumber?
        while low < high {
            let middle = low + (high - low) / 2
            select.bind(1, middle)
            guard try select.step("look for changes since a time") else { break }
            let (id, head) = (select.integer(0), ChangeBlock.head(of: select.bytes(1)))
            select.reset()
            if head.committed >= time {
                found = id
                high = id
            } else {
                low = max(id + max(head.count, 1), middle + 1)
            }
        }
        return found
    }
}
