import Processing
import Storage
import Telemetry

extension Core {
    static let retentionState = "retention_time"

    /// Removes what is older than the configuration keeps and gives its space back, a piece at a time.
    ///
    /// Never what an aggregate may still be computed from: readings go an hour after the gate has stopped to let their
    /// like in and when no older minute waits for its computation, and the windows that coarser ones are merged from
    /// outlive the readings by two days.
    /// - Parameter monotonic: a clock that never steps, in milliseconds.
    /// - Returns: whether more is left to remove.
    func removeExpired(monotonic: Int64) throws(StorageError) -> Bool {
        let time = retentionClock.read(wall: now, monotonic: monotonic)
        try store.setState(Core.retentionState, time.milliseconds)
        var isMoreLeft = false
        if let kept = settings.rawRetentionMilliseconds {
            // Whole minutes: what is left of one must not be taken for all of it when a flag in it is revised.
            let oldest = min(time - kept - Core.readingMargin, oldestNeeded)
            let unit = Core.retentionUnit(kept)
            let border = Timestamp(milliseconds: oldest.milliseconds - (oldest.milliseconds % unit + unit) % unit)
            try forgetUnjudged(before: border)
            let removed = try store.removeReadings(before: border, limit: Core.rowsInOneGo)
            figures.removedReadings += removed
            isMoreLeft = removed >= Core.rowsInOneGo
        }
        for (tier, kept) in settings.tierRetentionMilliseconds {
            guard let kept = keptMilliseconds(of: tier, configured: kept) else { continue }
            let removed = try store.removeAggregates(tier, before: time - kept, limit: Core.rowsInOneGo)
            isMoreLeft = isMoreLeft || removed >= Core.rowsInOneGo
        }
        let released = try store.releaseFreePages(limit: Core.pagesInOneGo, fileLimit: settings.quota?.bytes)
        return isMoreLeft || released >= Core.pagesInOneGo
    }

    /// What is not older stays, whatever its age and the quota: minutes wait for their computation. What a partner has not
    /// received yet goes all the same, and is counted for it.
    var oldestNeeded: Timestamp { schedule.oldestWaitingMinute ?? .distantFuture }

    /// Of series that nobody knows the limits of: nothing is left to judge, nor to compute the minutes from.
    func forgetUnjudged(before border: Timestamp) throws(StorageError) {
        guard unjudged.values.contains(where: { $0.contains { $0 < border } }) else { return }
        unjudged = unjudged.mapValues { $0.filter { $0 >= border } }.filter { !$0.value.isEmpty }
        try store.removeUnjudged(before: border)
    }

    /// - Returns: nil for ever.
    private func keptMilliseconds(of tier: Tier, configured: Int64) -> Int64? {
        guard Tier.allCases.contains(where: { $0.finer == tier }) else { return configured }
        return settings.rawRetentionMilliseconds.map { max(configured, $0 + Core.sourceMargin) }
    }

    /// Readings go an hour or a day at a time where they are kept for long: what reaches over the border is written anew.
    private static func retentionUnit(_ kept: Int64) -> Int64 {
        kept >= 7 * 86_400_000 ? 86_400_000 : kept >= 86_400_000 ? 3_600_000 : 60_000
    }

    /// Longer than a reading may be on its way from the gate to the database.
    /// How often what is too old is looked for, in milliseconds.
    static var retentionPause: Int64 { 3_600_000 }
    private static var readingMargin: Int64 { 3_600_000 }
    /// Longer than the longest window.
    static var sourceMargin: Int64 { 2 * 86_400_000 }
    /// Small enough that a commit need not wait longer than some tens of milliseconds.
    private static var rowsInOneGo: Int { 5000 }
    /// As small: for each, another page is read and moved into its place.
    static var pagesInOneGo: Int { 512 }
}
