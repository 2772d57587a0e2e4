public import Telemetry

/// A message in quarantine, with what is known of it.
public struct HeldMessage: Sendable {
    /// By which it is asked for; lower is older.
    public var id: Int64
    public var message: QuarantinedMessage
    /// The fingerprint of the configuration under which it was rejected.
    public var configuration: String

    /// Of topic and payload.
    public var bytes: Int64 { Int64(message.payload.count + message.topic.count) }

    /// Some rows hold a reading, not the message that brought it: the second value for a time, and what came before the
    /// clock was right.
    public var isReplayable: Bool { !message.topic.isEmpty && message.rejection.reason != .conflict }
}

extension StoreReader {
    /// The selected messages, oldest first.
    public func heldMessages(
        _ selection: QuarantineSelection = QuarantineSelection(), limit: Int
    ) throws(StorageError) -> [HeldMessage] {
        var held: [HeldMessage] = []
        if limit <= 0 { return held }
        try forEachHeldMessage(selection) {
            held.append($0)
            return held.count < limit
        }
        return held
    }

    /// Visits the selected messages, oldest first; stops when `visit` says false.
    public func forEachHeldMessage(
        _ selection: QuarantineSelection = QuarantineSelection(), visit: (HeldMessage) -> Bool
    ) throws(StorageError) {
        let boot = schemaVersion < 3 ? "NULL AS boot" : "boot"
        let readings = schemaVersion < 2 ? "0 AS readings" : "readings"
        let select = try prepared(
            selection,
            columns: "id, received, source, topic, payload, reason, detail, \(readings), configuration, \(boot)",
            order: "ORDER BY id")
        while try select.step("read the quarantine") {
            let reason = RejectionReason(rawValue: select.text(5)) ?? .undecodable
            let message = QuarantinedMessage(
                received: select.timestamp(1), boot: select.isNull(9) ? nil : select.integer(9),
                source: select.text(2), topic: select.blob(3), payload: select.blob(4),
                rejection: Rejection(reason, detail: select.text(6), readingCount: Int(select.integer(7))))
            if !visit(HeldMessage(id: select.integer(0), message: message, configuration: select.text(8))) { return }
        }
    }

    /// How many messages are held for each reason, and their bytes; the most frequent first.
    public func quarantineCounts(
        _ selection: QuarantineSelection = QuarantineSelection()
    ) throws(StorageError) -> [QuarantineCount] {
        let select = try prepared(
            selection, columns: "reason, count(*), sum(length(payload) + length(topic)), max(id)",
            order: "GROUP BY reason ORDER BY count(*) DESC, reason")
        var counts: [QuarantineCount] = []
        while try select.step("count the quarantine") {
            counts.append(
                QuarantineCount(
                    reason: select.text(0), count: Int(select.integer(1)), bytes: select.integer(2),
                    lastID: select.integer(3)))
        }
        return counts
    }

    /// The latest of the selected messages, so many at most.
    public func latest(_ count: Int, of selection: QuarantineSelection) throws(StorageError) -> QuarantineSelection {
        let skipped = try quarantineCounts(selection).reduce(-count) { $0 + $1.count }
        guard skipped > 0 else { return selection }
        var latest = selection
        let select = try prepared(selection, columns: "id", order: "ORDER BY id LIMIT 1 OFFSET \(skipped - 1)")
        latest.after = try select.step("count the quarantine") ? select.integer(0) : nil
        return latest
    }

    public struct QuarantineCount: Hashable, Sendable {
        public var reason: String
        public var count: Int
        public var bytes: Int64
        /// The highest number among them.
        public var lastID: Int64
    }

    private func prepared(
        _ selection: QuarantineSelection, columns: String, order: String
    ) throws(StorageError) -> Statement {
        var conditions: [String] = []
        // Numbers are safe in the text of a statement, and there may be more of them than parameters.
        if let ids = selection.ids { conditions.append("id IN (\(ids.map(String.init).joined(separator: ",")))") }
        if let after = selection.after { conditions.append("id > \(after)") }
        if let through = selection.through { conditions.append("id <= \(through)") }
        if selection.reason != nil { conditions.append("reason = ?1") }
        if selection.source != nil { conditions.append("source = ?2") }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let select = try database.prepare("SELECT \(columns) FROM quarantine \(condition) \(order)")
        if let reason = selection.reason { select.bind(1, reason) }
        if let source = selection.source { select.bind(2, source) }
        return select
    }
}
