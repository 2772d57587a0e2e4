import Processing
import Storage
import Telemetry

/// What is durable together: rows, ledger, and what recognises a message that comes again.
extension Core {
    static let closedUntilState = "closed_until"
    static let receivedState = "messages_received"
    static let acknowledgedState = "messages_acknowledged"
    static let reconfiguredState = "messages_reconfigured"
    static let disorderedState = "messages_disordered"
    static let configurationState = "configuration"

    /// Makes everything taken so far durable: rows, ledger, and what recognises redeliveries, together.
    func commit() throws(StorageError) {
        precondition(isBetweenMessages, "a commit must not cut a message in two")
        guard store.hasUncommitted else { return }
        for account in accounts.changed { try store.add(account) }
        let change = redelivery.pendingChange
        if let through = change.removeThrough { try store.removeUnacknowledged(through: through) }
        if let batch = change.added {
            try store.addUnacknowledged(
                batch: batch.number, entries: batch.entries.map { ($0.packetID, $0.identity) })
        }
        let seen = uplinks.pendingChange
        if let batch = seen.added {
            try store.addUplinks(
                batch: batch.number, identities: batch.identities, forgotten: seen.removeThrough)
        }
        try store.setState(Core.closedUntilState, schedule.closedUntil.milliseconds)
        try keepRedeliveryState()
        try store.recordChanges(now: now)
        try store.commit()
        redelivery.didCommit()
        uplinks.didCommit()
        accounts.clear()
        figures.commits += 1
    }

    private func keepRedeliveryState() throws(StorageError) {
        let progress = redelivery.progress
        if progress.received != stored.progress?.received {
            try store.setState(Core.receivedState, progress.received)
        }
        if progress.acknowledged != stored.progress?.acknowledged {
            try store.setState(Core.acknowledgedState, progress.acknowledged)
        }
        if progress.reconfigured != stored.progress?.reconfigured {
            try store.setState(Core.reconfiguredState, progress.reconfigured)
        }
        if progress.disordered != stored.progress?.disordered {
            try store.setState(Core.disorderedState, progress.disordered)
        }
        if configuration != stored.configuration { try store.setState(Core.configurationState, configuration) }
        stored = (progress, configuration)
    }

    static func redeliveryProgress(
        in store: Store
    ) throws(StorageError) -> RedeliveryFilter.Progress? {
        guard let received = try store.state(receivedState) else { return nil }
        return RedeliveryFilter.Progress(
            received: received, acknowledged: try store.state(acknowledgedState) ?? 0,
            reconfigured: try store.state(reconfiguredState) ?? -1,
            disordered: try store.state(disorderedState) ?? 0)
    }
}
