import Logging
import Processing
import Storage
import Telemetry
import Threading

/// The store is opened, fails, and is opened again.
extension CoreLoop {
    mutating func openStore(at monotonic: Int64) {
        guard monotonic >= nextAttempt else { return }
        nextAttempt = monotonic + 1000
        do throws(StorageError) {
            try claimDatabase()
            let store = try openRepaired()
            try store.probe(now: clock.clock.now)
            try wear.recall(from: store)
            let made = try Core(
                store: store, settings: settings, series: series, sources: sources, now: clock.clock.now)
            remembered = try SensorView.remembered(
                store.reader, now: clock.clock.now, rawRetentionMilliseconds: settings.rawRetentionMilliseconds)
            core = made
            place = DatabasePlace(of: path)
            try openDeliveries()
        } catch {
            core = nil
            salvage = nil
            releaseDatabase(after: error)
            note(error, whileOpen: false)
            if error.isDamage { nextAttempt = monotonic }
            if failure == nil || failure?.error.code != error.code {
                logger.error("storage is not ready: \(error)")
            }
            failure = (error, failure?.since ?? .now())
            return
        }
        if let failure { logger.notice("storage works again, after \((Timestamp.now() - failure.since) / 1000) s") }
        failure = nil
        checkClock()
        thread.intake.raiseFloor(to: core?.quota.rawFloor ?? .distantPast)
        thread.intake.didRecover()
    }

    /// Nothing of the transaction is acknowledged, so nothing is lost: the broker delivers it again.
    mutating func fail(_ error: StorageError) {
        logger.error("storage failed, the broker will deliver again what was not committed: \(error)")
        if let core {
            core.store.rollback()
            series = core.series
        }
        core = nil
        salvage = nil
        releaseDatabase(after: error)
        note(error, whileOpen: true)
        hasUncommittedWindows = false
        hasUncommittedDeliveries = false
        thread.deliveries.didClose()
        isDiscarding = true
        failure = (error, .now())
        nextAttempt = MonotonicClock.milliseconds() + 1000
        refuseReplay("the storage has failed: \(error.cause)")
        thread.intake.didFail()
    }
}
