import Logging
import Storage
import Telemetry

extension CoreLoop {
    /// Looks at what the file uses, and removes and commits one portion where it is too much.
    mutating func keepWithinQuota(_ core: Core, at monotonic: Int64) throws(StorageError) {
        let turn = try core.keepWithinQuota(monotonic: monotonic)
        thread.intake.raiseFloor(to: core.quota.rawFloor)
        if turn != .nothing { try commit() }
        // Sooner than at the next second, and not at once, so that messages have their turns between.
        if turn == .removedPart { nextTick = monotonic + 100 }
        announceQuota(core)
    }

    private mutating func announceQuota(_ core: Core) {
        let condition = core.quota.condition
        guard condition != announcedQuota, let quota = core.settings.quota else { return }
        let bound = MeasureWords.size(quota.bytes)
        switch condition {
        case .removing:
            logger.notice("the database has nearly reached its quota of \(bound): what is oldest goes, counted")
        case .tooSmall:
            logger.warning(
                "the quota of \(bound) is too small: all that may go has gone, and the database still uses more; raise [storage] quota, or lower quarantine_limit"
            )
        case .within where announcedQuota == .removing:
            logger.info("the database is well within its quota of \(bound) again")
        case .within where announcedQuota == .tooSmall:
            logger.notice("the database is within its quota of \(bound) again")
        case .none, .within: break
        }
        announcedQuota = condition
    }
}
