import Control
import Forwarding
import GatewayConfiguration
import Storage
import Telemetry

/// What is shown of partners: the accounts of the file beside what their threads say.
enum PartnerView {
    /// - Parameters:
    ///   - statuses: empty where the daemon does not run.
    ///   - lastDeliveries: of the file, where no thread tells of later ones.
    static func report(
        _ ledgers: [PartnerLedger], configured: [Configuration.PartnerSection],
        statuses: [(name: String, status: PartnerStatus)] = [], now: Timestamp,
        lastDeliveries: [StoredPartner] = []
    ) -> [StatusReport.Partner] {
        let known = Set(ledgers.map(\.partner))
        // One that has just been added is not entered yet.
        let all =
            ledgers
            + configured.filter { !known.contains($0.name) }.map {
                PartnerLedger(partner: $0.name, closed: 0, pending: 0)
            }
        return all.map { ledger in
            var partner = StatusReport.Partner(name: ledger.partner)
            fill(&partner, from: ledger)
            if let section = configured.first(where: { $0.name == ledger.partner }) {
                partner.sink = section.sink.rawValue
                partner.address = section.shownAddress
            }
            partner.lastDelivery =
                lastDeliveries.first { $0.name == ledger.partner }?.lastDelivery?.description
            if let status = statuses.first(where: { $0.name == ledger.partner })?.status {
                fill(&partner, from: status, now: now)
            }
            return partner
        }.sorted { $0.name < $1.name }
    }

    private static func fill(_ partner: inout StatusReport.Partner, from ledger: PartnerLedger) {
        partner.closed = ledger.closed
        partner.delivered = ledger.counts.delivered
        partner.refused = ledger.counts.refused
        partner.outside = ledger.counts.outside
        partner.withheld = ledger.counts.withheld
        partner.replaced = ledger.counts.replaced
        partner.expired = ledger.counts.expired
        partner.pending = ledger.pending
        partner.balanced = ledger.isBalanced
        partner.repeated = ledger.repeated
    }

    private static func fill(_ partner: inout StatusReport.Partner, from status: PartnerStatus, now: Timestamp) {
        partner.state = status.state.rawValue
        partner.behindSeconds = status.oldestPending.map { max(0, Double(now - $0) / 1000) }
        partner.lastDelivery = status.lastDelivery?.description ?? partner.lastDelivery
        partner.lastError = status.failure?.description
        if let since = status.failingSince {
            partner.failure = status.failure?.description
            partner.failingSince = since.description
            partner.nextAttemptSeconds = status.nextAttempt.map { max(0, Double($0 - now) / 1000) }
        }
    }
}
