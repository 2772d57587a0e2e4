import Storage
import Telemetry

extension Core {
    /// Removes what is older than the configuration keeps, a piece at a time.
    /// - Returns: whether more is left to remove.
    func removeExpired() throws(StorageError) -> Bool {
        var isMoreLeft = false
        if let kept = settings.rawRetentionMilliseconds {
            let removed = try store.removeReadings(before: now - kept, limit: Core.rowsInOneGo)
            figures.removedReadings += removed
            isMoreLeft = removed >= Core.rowsInOneGo
        }
        for (tier, kept) in settings.tierRetentionMilliseconds {
            let removed = try store.removeAggregates(tier, before: now - kept, limit: Core.rowsInOneGo)
            isMoreLeft = isMoreLeft || removed >= Core.rowsInOneGo
        }
        return isMoreLeft
    }

    /// Small enough that a commit need not wait longer than some tens of milliseconds.
    private static var rowsInOneGo: Int { 5000 }
}
