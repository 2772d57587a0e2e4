import Logging
import Processing
import Storage
import Telemetry

/// What is done by the clock, between messages.
extension CoreLoop {
    mutating func doTimedWork(at monotonic: Int64) throws(StorageError) {
        if let settings = thread.takeNewSettings() { try adopt(settings) }
        try attendToDeliveries()
        if let core, let request = thread.desk.takeRequest() { try attendToQuarantine(request, core: core) }
        if clockWasSet || monotonic >= nextTick { checkClock() }
        try dateWaiting()
        // Nothing is computed, sealed or removed of what is not all there.
        if try goOnSalvaging() { return }
        guard monotonic >= nextTick, let core else { return }
        nextTick = monotonic + 1000
        try scrubPages(at: monotonic)
        // Under a wrong clock no window ends and nothing grows old; what waited for it goes into its windows first.
        guard core.clock.isTrusted else {
            try core.removeLongUndated(sinceBoot: clock.clock.source.sinceBoot())
            return try commit()
        }
        guard core.undatedCount == 0 else { return }
        if try core.closeWindows() { hasUncommittedWindows = true }
        if hasUncommittedWindows || hasUncommittedDeliveries, monotonic - lastCommitted >= wear.budget.interval {
            try commit()
        }
        try seal(core)
        if core.now >= nextRetention || nextRetention - core.now > Core.retentionPause {
            var isMoreLeft = try core.removeExpired(monotonic: monotonic)
            try commit()
            if try expireDeliveries() { isMoreLeft = true }
            if !isMoreLeft { nextRetention = core.now + Core.retentionPause }
        }
        try keepWithinQuota(core, at: monotonic)
    }

    private mutating func seal(_ core: Core) throws(StorageError) {
        guard core.hasToSeal else { return }
        _ = try core.seal()
        for damage in try core.store.removeDamagedSegments() {
            logger.error("a segment's readings are lost: \(damage)")
        }
        try commit()
    }

    private mutating func adopt(_ settings: CoreSettings) throws(StorageError) {
        let arePartnersOthers =
            settings.partners.map(\.name) != self.settings.partners.map(\.name)
            || settings.partners.map(\.backlogMilliseconds) != self.settings.partners.map(\.backlogMilliseconds)
        self.settings = settings
        core?.settings = settings
        core?.schedule.latenessMilliseconds = settings.latenessMilliseconds
        core?.schedule.lateDelayMilliseconds = settings.lateDelayMilliseconds
        nextRetention = .distantPast
        beginScrub()
        guard let core else { return }
        // Of all series at once: one by one, as they are announced, each would be looked for in the file by itself.
        try core.equipHistories(of: try core.store.storedSeries())
        try commit()
        // Else all would begin anew from what is recorded.
        if arePartnersOthers { try openDeliveries() }
    }
}
