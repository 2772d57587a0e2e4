public import Telemetry

extension Store {
    /// Puts a message aside as it is given, so masked before. When the quarantine is over its limit, the oldest messages are dropped and
    /// counted.
    /// - Parameters:
    ///   - configuration: the fingerprint of the configuration under which it was rejected.
    ///   - accepted: the series that have taken readings from it, one for each reading.
    ///   - id: the number that it had before it was sent through again.
    /// - Returns: false for a conflict that is there already: the same value for the same time came again.
    public func quarantine(
        _ message: QuarantinedMessage, configuration: String, accepted: [SeriesID] = [], id: Int64? = nil
    ) throws(StorageError) -> Bool {
        try begin()
        let insert = statements.insertQuarantine
        insert.bind(1, message.received)
        insert.bind(2, message.source)
        insert.bind(3, blob: message.topic)
        insert.bind(4, blob: message.payload)
        insert.bind(5, message.rejection.reason.rawValue)
        insert.bind(6, message.rejection.detail)
        insert.bind(7, configuration)
        insert.bind(8, message.rejection.readingCount)
        insert.bind(9, blob: PackedIntegers.encode(accepted))
        insert.bind(10, id ?? lastQuarantineNumber + 1)
        insert.bind(11, message.boot)
        try insert.run("quarantine a message")
        if database.changedRows == 0 { return false }
        if id == nil { lastQuarantineNumber += 1 }
        quarantinedBytes += Int64(message.topic.count + message.payload.count + message.rejection.detail.utf8.count)
        quarantinedBytes += Store.quarantineRowBytes
        while quarantinedBytes > options.quarantineLimitBytes, try dropOldestQuarantined() {}
        return true
    }

    /// About what a row takes in the file besides topic, payload and detail. Without it, millions of tiny messages would
    /// fit under a limit of a few megabytes.
    private static var quarantineRowBytes: Int64 { 128 }

    /// A row's share of the limit.
    static var quarantinedLength: String {
        "length(topic) + length(payload) + length(CAST(detail AS BLOB)) + \(quarantineRowBytes)"
    }

    private func dropOldestQuarantined() throws(StorageError) -> Bool {
        let select = try database.prepare("SELECT id, source FROM quarantine ORDER BY id LIMIT 1")
        guard try select.step("find the oldest quarantined message") else { return false }
        let (id, source) = (select.integer(0), select.text(1))
        select.reset()
        try removeQuarantined(id)
        try addToLedger(
            source: Store.account(of: source), counted: .removed, outcome: LedgerEntry.quarantined, count: 1)
        return true
    }

    private func removeQuarantined(_ id: Int64) throws(StorageError) {
        let delete = try database.prepare("DELETE FROM quarantine WHERE id = ?1 RETURNING \(Store.quarantinedLength)")
        delete.bind(1, id)
        while try delete.step("take a message out of quarantine") { quarantinedBytes -= delete.integer(0) }
    }

    /// Removes messages that somebody has looked at and does not need, and counts them.
    /// - Returns: how many, at most `limit`, and the last number that was looked at; nil when there is no more.
    public func dropQuarantined(
        _ selection: QuarantineSelection, limit: Int
    ) throws(StorageError) -> (count: Int, continueAfter: Int64?) {
        let held = try reader.heldMessages(selection, limit: limit)
        if held.isEmpty { return (0, nil) }
        try begin()
        for message in held {
            try removeQuarantined(message.id)
            try addToLedger(
                source: Store.account(of: message.message.source), counted: .removed, outcome: LedgerEntry.dropped,
                count: 1)
        }
        return (held.count, held.count < limit ? nil : held.last?.id)
    }

    /// A row of a topic that no source matches names none.
    private static func account(of source: String) -> String { source.isEmpty ? SourceLedger.unmatched : source }

    /// Takes a message out of quarantine, to be accounted for anew where its replay ends.
    /// - Returns: of each reading that was stored from it, the series; nil when it is not there any more.
    public func releaseQuarantined(_ id: Int64) throws(StorageError) -> [SeriesID]? {
        try begin()
        let select = try database.prepare("SELECT source, readings, accepted FROM quarantine WHERE id = ?1")
        select.bind(1, id)
        guard try select.step("look for a quarantined message") else { return nil }
        let (source, readings) = (Store.account(of: select.text(0)), Int(select.integer(1)))
        let accepted: [SeriesID] = PackedIntegers.decode(select.blob(2))
        select.reset()
        try removeQuarantined(id)
        for outcome in [LedgerEntry.received, LedgerEntry.quarantined] {
            try addToLedger(source: source, counted: .messages, outcome: outcome, count: -1)
            if readings > 0 { try addToLedger(source: source, counted: .readings, outcome: outcome, count: -readings) }
        }
        return accepted
    }
}
