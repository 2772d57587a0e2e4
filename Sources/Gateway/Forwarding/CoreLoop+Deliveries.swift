import Logging
import Storage
import Telemetry

/// What partners' threads hand in is recorded by the core, which owns the file.
extension CoreLoop {
    /// Enters the partners of the configuration and lets all begin from what is recorded.
    mutating func openDeliveries() throws(StorageError) {
        guard let core, salvage == nil else { return }
        for partner in settings.partners {
            try core.store.enterPartner(partner.name, backlogMilliseconds: partner.backlogMilliseconds)
        }
        try commit()
        try publishPartners(of: core)
    }

    private func publishPartners(of core: Core) throws(StorageError) {
        let partners = try core.store.withoutReadings.partners()
        if partners.isEmpty, settings.partners.isEmpty { return }
        thread.deliveries.didOpen(partners: partners, next: core.store.nextChange)
    }

    /// Records what was handed in.
    mutating func attendToDeliveries() throws(StorageError) {
        guard let core, let (settlements, isUrgent) = thread.deliveries.takeSettlements() else { return }
        var isRefused = false
        for settlement in settlements where !(try core.store.settle(settlement)) {
            // Its partner's limit took away some of it meanwhile: it begins anew from what is recorded.
            logger.warning(
                "what partner \(settlement.partner) was sent is not recorded: changes \(settlement.changes) do not all wait for it; they may go again"
            )
            isRefused = true
        }
        if isUrgent || isRefused { try commit() } else { hasUncommittedDeliveries = true }
        if isRefused { try publishPartners(of: core) }
    }

    /// Takes away what waits longer than is kept for a partner, and what nobody waits for.
    /// - Returns: whether there is more.
    mutating func expireDeliveries() throws(StorageError) -> Bool {
        guard let core, !settings.partners.isEmpty || core.store.keepsChanges else { return false }
        let expired = try core.store.expireChanges(now: core.now)
        for (partner, count) in expired {
            logger.warning(
                "\(count) changes went that partner \(partner) has waited for longer than its backlog allows")
        }
        let isMoreLeft = try core.store.removeSettledChanges(limit: CoreLoop.changeRowsInOneGo)
        try commit()
        if !expired.isEmpty { try publishPartners(of: core) }
        return isMoreLeft
    }

    private static var changeRowsInOneGo: Int { 5000 }
}
