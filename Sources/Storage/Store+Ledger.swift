public import Telemetry

extension Store {
    /// Adds to a source's account, in the transaction that stores what is counted.
    public func add(_ account: SourceLedger) throws(StorageError) {
        try begin()
        try add(account.messages, counted: .messages, source: account.source)
        try add(account.readings, counted: .readings, source: account.source)
    }

    private func add(_ counts: LedgerCounts, counted: LedgerEntry.Counted, source: String) throws(StorageError) {
        for (outcome, count) in LedgerEntry.entries(of: counts) where count != 0 {
            try addToLedger(source: source, counted: counted, outcome: outcome, count: count)
        }
    }

    func addToLedger(
        source: String, counted: LedgerEntry.Counted, outcome: String, count: Int
    ) throws(StorageError) {
        try begin()
        let statement = statements.addToLedger
        statement.bind(1, source)
        statement.bind(2, counted.rawValue)
        statement.bind(3, outcome)
        statement.bind(4, count)
        try statement.run("write the ledger")
    }

    /// Every source's account as committed, ordered by source.
    public func ledger() throws(StorageError) -> [SourceLedger] {
        try LedgerEntry.read(database)
    }
}

/// How counts stand in the table: a row for each source, what is counted, and outcome.
enum LedgerEntry {
    enum Counted: String {
        case messages
        case readings
        /// What was removed after it was stored: by retention, for the quota, or from a full quarantine.
        case removed
        /// Changes to the aggregates, by partner.
        case shared
    }

    /// Rows that were sent to a partner twice.
    static let repeated = "repeated"

    static let received = "received"
    static let stored = "stored"
    static let duplicate = "duplicate"
    static let quarantined = "quarantined"
    /// With a segment that turned out to be damaged, or with a file, as far as nothing of it could be salvaged.
    static let damaged = "damaged"
    /// By a person, in distinction to what a full quarantine lets go.
    static let dropped = "dropped"
    private static let rejectedPrefix = "rejected:"

    static func entries(of counts: LedgerCounts) -> [(outcome: String, count: Int)] {
        [
            (received, counts.received), (stored, counts.stored), (duplicate, counts.duplicate),
            (quarantined, counts.quarantined),
        ] + counts.rejected.map { (rejectedPrefix + $0.key.rawValue, $0.value) }
    }

    static func read(_ database: Database) throws(StorageError) -> [SourceLedger] {
        let select = try database.prepare("SELECT source, counted, outcome, count FROM ledger ORDER BY source")
        var accounts: [SourceLedger] = []
        while try select.step("read the ledger") {
            guard let counted = Counted(rawValue: select.text(1)), counted == .messages || counted == .readings else {
                continue
            }
            let source = select.text(0)
            if accounts.last?.source != source { accounts.append(SourceLedger(source: source)) }
            let last = accounts.count - 1
            let (outcome, count) = (select.text(2), Int(select.integer(3)))
            if counted == .messages {
                set(outcome, count, in: &accounts[last].messages)
            } else {
                set(outcome, count, in: &accounts[last].readings)
            }
        }
        return accounts
    }

    private static func set(_ outcome: String, _ count: Int, in counts: inout LedgerCounts) {
        switch outcome {
        case received: counts.received = count
        case stored: counts.stored = count
        case duplicate: counts.duplicate = count
        case quarantined: counts.quarantined = count
        default:
            guard outcome.hasPrefix(rejectedPrefix),
                let reason = RejectionReason(rawValue: String(outcome.dropFirst(rejectedPrefix.count)))
            else { return }
            counts.rejected[reason] = count
        }
    }
}
