import Processing
import Storage
import Telemetry

/// Keeps the file within its quota: the oldest raw readings go first, then the oldest windows of the finest tier, days never.
///
/// From the time up to which readings have gone nothing older is let in, since their minutes would be computed from what is
/// left of them.
extension Core {
    static let rawFloorState = "raw_floor"

    enum QuotaTurn {
        case nothing
        case removed
        case removedPart
    }

    /// Removes one portion where the quota demands it, within the current transaction.
    /// - Parameter monotonic: a clock that never steps, in milliseconds.
    func keepWithinQuota(monotonic: Int64) throws(StorageError) -> QuotaTurn {
        guard let limits = settings.quota else {
            quota.condition = .none
            return .nothing
        }
        let space = try store.reader.space()
        let mark = quota.condition == .removing ? limits.lowerMark : limits.upperMark
        var hasRemoved = false
        if space.usedBytes <= mark {
            quota.condition = .within
        } else {
            hasRemoved = try removePortion(downTo: limits, monotonic: monotonic)
            quota.condition =
                hasRemoved ? .removing : space.usedBytes > limits.upperMark ? .tooSmall : .within
        }
        var released = 0
        if hasRemoved || space.fileBytes > limits.bytes {
            released = try store.releaseFreePages(limit: Core.pagesInOneGo, fileLimit: limits.bytes)
        }
        if quota.condition == .removing || released >= Core.pagesInOneGo { return .removedPart }
        return released > 0 ? .removed : .nothing
    }

    /// As much as goes at once: many stretches, where each holds little.
    /// - Returns: false where nothing may go.
    private func removePortion(downTo limits: QuotaSettings, monotonic: Int64) throws(StorageError) -> Bool {
        let time = retentionClock.read(wall: now, monotonic: monotonic)
        let before = figures.removedForQuota
        for step in 0..<Core.stretchesInOneGo {
            guard try removeOldest(before: min(time - limits.protectedMilliseconds, oldestNeeded)) else {
                return step > 0
            }
            if figures.removedForQuota - before >= Core.windowsInOneGo { break }
            if try store.reader.space().usedBytes <= limits.lowerMark { break }
        }
        return true
    }

    /// - Returns: false where nothing may go.
    private func removeOldest(before newest: Timestamp) throws(StorageError) -> Bool {
        if try removeOldestReadings(before: newest) { return true }
        for tier in [Tier.minute, .quarter, .hour] {
            // A reading that may still come changes no window that has to be merged from what is gone.
            let border = min(quota.rawFloor - Core.sourceMargin, oldestNeeded)
            guard let oldest = try store.reader.oldestAggregate(tier), oldest < border else { continue }
            let end = min(border, oldest.flooredToUnit(Core.dayUnit) + Core.dayUnit)
            let removed = try store.removeAggregates(tier, before: end, limit: Core.windowsInOneGo, by: .quota)
            figures.removedForQuota += removed
            if removed > 0 { return true }
        }
        return false
    }

    /// Hour by hour, or day by day where there are many, since what reaches over a border is written anew.
    private func removeOldestReadings(before newest: Timestamp) throws(StorageError) -> Bool {
        // What an earlier portion has left of its stretch.
        if try removeReadings(before: quota.rawFloor) { return true }
        let hour = newest.flooredToUnit(Core.hourUnit)
        guard let oldest = try store.reader.oldestReading(), oldest < hour else {
            // Windows go next, and no reading of theirs may come then.
            try raiseFloor(to: hour)
            return false
        }
        let unit = hour - oldest > 7 * Core.dayUnit ? Core.dayUnit : Core.hourUnit
        try raiseFloor(to: min(hour, max(oldest, quota.rawFloor).flooredToUnit(unit) + unit))
        // A stretch of which nothing can go, since it is damaged, is passed over.
        return try removeReadings(before: quota.rawFloor) || quota.rawFloor < hour
    }

    private func removeReadings(before border: Timestamp) throws(StorageError) -> Bool {
        let removed = try store.removeReadings(before: border, limit: Core.readingsInOneGo, by: .quota)
        figures.removedReadings += removed
        figures.removedForQuota += removed
        return removed > 0
    }

    private func raiseFloor(to border: Timestamp) throws(StorageError) {
        guard border > quota.rawFloor else { return }
        quota.rawFloor = border
        try store.setState(Core.rawFloorState, border.milliseconds)
        try forgetUnjudged(before: border)
    }

    private static var hourUnit: Int64 { 3_600_000 }
    private static var dayUnit: Int64 { 86_400_000 }
    /// Of those that are sealed, some hundred segments.
    private static var readingsInOneGo: Int { 50_000 }
    /// Some megabytes.
    private static var windowsInOneGo: Int { 20_000 }
    private static var stretchesInOneGo: Int { 50 }
}

extension Timestamp {
    /// The last whole multiple of so many milliseconds since 1970.
    func flooredToUnit(_ unit: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds.flooredQuotient(unit) * unit)
    }
}
