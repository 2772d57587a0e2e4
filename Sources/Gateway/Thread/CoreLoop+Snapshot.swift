import Processing
import Storage
import Telemetry

/// What the core shows of itself.
extension CoreLoop {
    mutating func publishSnapshot(at monotonic: Int64) {
        var snapshot = shown
        let second = monotonic / 1000
        snapshot.messagesPerSecond = (
            messageRate.perSecond(over: 10, at: second), messageRate.perSecond(over: 300, at: second)
        )
        snapshot.readingsPerSecond = (
            readingRate.perSecond(over: 10, at: second), readingRate.perSecond(over: 300, at: second)
        )
        snapshot.failure = failure
        snapshot.salvage = salvage?.progress
        snapshot.commits = commits
        snapshot.wear = wear.snapshot
        snapshot.nextRetention = nextRetention == .distantPast ? nil : nextRetention
        if let core {
            snapshot.figures = core.figures
            snapshot.sensors = core.sensors(besides: remembered)
            snapshot.windowsWaiting = core.schedule.waitingCount
            snapshot.closedUntil = core.schedule.closedUntil
            snapshot.undated = core.undatedCount
            snapshot.clock = (clock.trust.verdict, clock.trust.lastStep)
            // A failing store shows itself at the next commit; the view goes on with what it has.
            snapshot.ledger = (try? core.store.ledger()) ?? shown.ledger
            snapshot.storedPartners = (try? core.store.withoutReadings.partners()) ?? shown.storedPartners
            snapshot.partners = (try? core.store.withoutReadings.partnerLedgers()) ?? shown.partners
            snapshot.lostReadings = (try? core.store.reader.lostReadings()) ?? shown.lostReadings
            snapshot.databaseBytes = (try? core.store.sizeBytes()) ?? shown.databaseBytes
            snapshot.space = (try? SpaceSnapshot(core.store.reader, core.settings.quota, core.quota)) ?? shown.space
        }
        shown = snapshot
        thread.snapshots.publish(snapshot)
    }
}
