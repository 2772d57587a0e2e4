public import Telemetry

extension Store {
    /// Puts a message aside, verbatim. When the quarantine is over its limit, the oldest messages are dropped and
    /// counted.
    /// - Parameter configuration: the fingerprint of the configuration under which it was rejected.
    /// - Returns: false for a conflict that is there already: the same value for the same time came again.
    public func quarantine(_ message: QuarantinedMessage, configuration: String) throws(StorageError) -> Bool {
        try begin()
        let insert = statements.insertQuarantine
        insert.bind(1, message.received)
        insert.bind(2, message.source)
        insert.bind(3, blob: message.topic)
        insert.bind(4, blob: message.payload)
        insert.bind(5, message.rejection.reason.rawValue)
        insert.bind(6, message.rejection.detail)
        insert.bind(7, configuration)
        try insert.run("quarantine a message")
        if database.changedRows == 0 { return false }
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
        let select = try database.prepare(
            "SELECT id, \(Store.quarantinedLength), source FROM quarantine ORDER BY id LIMIT 1")
        guard try select.step("find the oldest quarantined message") else { return false }
        let (id, bytes, source) = (select.integer(0), select.integer(1), select.text(2))
        select.reset()
        try database.execute("DELETE FROM quarantine WHERE id = \(id)", operation: "drop a quarantined message")
        quarantinedBytes -= bytes
        try addToLedger(source: source, counted: .removed, outcome: LedgerEntry.quarantined, count: 1)
        return true
    }
}
