public import Telemetry

/// A partner as the file knows it.
public struct StoredPartner: Hashable, Sendable {
    public var name: String
    /// The first change that counts for it.
    public var began: ChangeNumber
    public var pending: PendingChanges
    public var bookmark: String?
    /// How long a change is kept for it, in milliseconds; nil without a limit.
    public var backlogMilliseconds: Int64?
    /// When its server last took something.
    public var lastDelivery: Timestamp?
}

extension Store {
    /// Enters a partner that is new; it gets what changes from now on. Of one that is known the limit is noted.
    public func enterPartner(_ name: String, backlogMilliseconds: Int64?) throws(StorageError) {
        if let known = try withoutReadings.partners().first(where: { $0.name == name }) {
            if known.backlogMilliseconds == backlogMilliseconds { return }
            let update = try database.prepare("UPDATE partners SET backlog = ?2 WHERE name = ?1")
            try begin()
            update.bind(1, name)
            update.bind(2, backlogMilliseconds)
            return try update.run("enter a partner")
        }
        try begin()
        let insert = try database.prepare("INSERT INTO partners(name, began, pending, backlog) VALUES(?1, ?2, ?3, ?4)")
        // What the current transaction has changed so far belongs to before.
        try changes.write(now: Timestamp(milliseconds: 0))
        insert.bind(1, name)
        // None is counted of one that is new, but for one that was lost with a damaged page.
        insert.bind(2, changes.next - Int64(try withoutReadings.deliveryCounts(of: name).total))
        insert.bind(3, blob: PendingChanges(from: changes.next).bytes)
        insert.bind(4, backlogMilliseconds)
        try insert.run("enter a partner")
        changes.isKept = true
    }

    /// Records what has become of a partner's changes, in the current transaction.
    /// - Returns: false when the partner is not known, or not all of the changes wait for it: nothing is recorded.
    public func settle(_ settlement: Settlement) throws(StorageError) -> Bool {
        guard var partner = try withoutReadings.partners().first(where: { $0.name == settlement.partner }) else {
            return false
        }
        let number = Int64(settlement.changes.count)
        guard partner.pending.remove(settlement.changes) == number, settlement.counts.total == number,
            settlement.changes.upperBound <= changes.next
        else { return false }
        try begin()
        let update = statements.updatePartner
        update.bind(1, settlement.partner)
        update.bind(2, blob: partner.pending.bytes)
        update.bind(3, settlement.counts.delivered > 0 ? settlement.time.milliseconds : nil)
        if let bookmark = settlement.bookmark { update.bind(4, bookmark) } else { update.bindNull(4) }
        try update.run("record a delivery")
        FaultPoint.reach("settlement.moved")
        for outcome in DeliveryOutcome.allCases where settlement.counts[outcome] > 0 {
            try addToLedger(
                source: settlement.partner, counted: .shared, outcome: outcome.rawValue,
                count: settlement.counts[outcome])
        }
        if settlement.repeated > 0 {
            try addToLedger(
                source: settlement.partner, counted: .shared, outcome: LedgerEntry.repeated, count: settlement.repeated)
        }
        FaultPoint.reach("settlement.counted")
        for refusal in settlement.refusals { try setAside(refusal, of: settlement.partner, at: settlement.time) }
        return true
    }

    private func setAside(
        _ refusal: RefusedAggregate, of partner: String, at time: Timestamp
    ) throws(StorageError) {
        let insert = statements.insertRefusal
        insert.bind(1, partner)
        insert.bind(2, time)
        insert.bind(3, refusal.series)
        insert.bind(4, refusal.tier.rawValue)
        insert.bind(5, refusal.start)
        insert.bind(6, refusal.revision)
        insert.bind(7, refusal.reason)
        try insert.run("set aside what a partner refused")
        try statements.trimRefusals.run("forget the oldest refusals")
    }

    /// Of all partners together, the newest. Older ones are counted still.
    static var mostRefusals: Int { 10_000 }

    /// Takes away what has waited longer than a partner's limit allows, and counts it.
    /// - Returns: of each partner whose limit has bitten, how many went.
    public func expireChanges(now: Timestamp) throws(StorageError) -> [(partner: String, count: Int)] {
        var expired: [(partner: String, count: Int)] = []
        for partner in try withoutReadings.partners() {
            guard let limit = partner.backlogMilliseconds else { continue }
            // What is not committed yet has no time.
            let kept = try withoutReadings.firstChange(since: now - limit) ?? changes.next
            let count = Int(partner.pending.count(before: kept))
            guard count > 0 else { continue }
            // A stretch at a time: a settlement's changes all wait.
            for stretch in partner.pending.stretches + [partner.pending.open..<max(partner.pending.open, kept)] {
                let old = stretch.clamped(to: 0..<kept)
                if old.isEmpty { continue }
                _ = try settle(
                    Settlement(
                        partner: partner.name, changes: old, counts: DeliveryCounts(expired: old.count), time: now))
            }
            expired.append((partner.name, count))
        }
        return expired
    }
}

extension StoreReader {
    /// All partners that were ever entered, by name.
    public func partners() throws(StorageError) -> [StoredPartner] {
        guard schemaVersion >= 5 else { return [] }
        let select = try database.prepare(
            "SELECT name, began, pending, bookmark, backlog, last_delivery FROM partners ORDER BY name")
        var partners: [StoredPartner] = []
        while try select.step("read the partners") {
            let began = select.integer(1)
            partners.append(
                StoredPartner(
                    name: select.text(0), began: began,
                    pending: PendingChanges(bytes: select.blob(2)) ?? PendingChanges(from: began),
                    bookmark: select.isNull(3) ? nil : select.text(3),
                    backlogMilliseconds: select.isNull(4) ? nil : select.integer(4),
                    lastDelivery: select.isNull(5) ? nil : select.timestamp(5)))
        }
        return partners
    }

    /// Every partner's account as committed.
    public func partnerLedgers() throws(StorageError) -> [PartnerLedger] {
        let next = try nextChange()
        var ledgers = try partners().map {
            PartnerLedger(
                partner: $0.name, closed: Int(max(0, next - $0.began)), pending: Int($0.pending.count(before: next)))
        }
        guard !ledgers.isEmpty else { return [] }
        let select = try database.prepare("SELECT source, outcome, count FROM ledger WHERE counted = ?1")
        select.bind(1, LedgerEntry.Counted.shared.rawValue)
        while try select.step("read the partners' accounts") {
            guard let index = ledgers.firstIndex(where: { $0.partner == select.text(0) }) else { continue }
            let count = Int(select.integer(2))
            if let outcome = DeliveryOutcome(rawValue: select.text(1)) {
                ledgers[index].counts[outcome] = count
            } else if select.text(1) == LedgerEntry.repeated {
                ledgers[index].repeated = count
            }
        }
        return ledgers
    }

    /// What the ledger has counted for a partner.
    func deliveryCounts(of partner: String) throws(StorageError) -> DeliveryCounts {
        var counts = DeliveryCounts()
        let select = try database.prepare("SELECT outcome, count FROM ledger WHERE source = ?1 AND counted = ?2")
        select.bind(1, partner)
        select.bind(2, LedgerEntry.Counted.shared.rawValue)
        while try select.step("read a partner's account") {
            if let outcome = DeliveryOutcome(rawValue: select.text(0)) { counts[outcome] = Int(select.integer(1)) }
        }
        return counts
    }

    /// An aggregate that was set aside.
    public struct Refusal: Hashable, Sendable {
        public var partner: String
        public var time: Timestamp
        public var series: SeriesID
        public var tier: Tier
        public var start: Timestamp
        public var revision: Int
        public var reason: String
    }

    /// What was refused last, the newest first.
    /// - Parameter partner: nil for all.
    public func refusals(of partner: String? = nil, limit: Int) throws(StorageError) -> [Refusal] {
        guard schemaVersion >= 5 else { return [] }
        let only = partner == nil ? "" : "WHERE partner = ?2"
        let select = try database.prepare(
            "SELECT partner, time, series, tier, start, revision, reason FROM refusals \(only) ORDER BY id DESC LIMIT ?1"
        )
        select.bind(1, limit)
        if let partner { select.bind(2, partner) }
        var refusals: [Refusal] = []
        while try select.step("read what was refused") {
            refusals.append(
                Refusal(
                    partner: select.text(0), time: select.timestamp(1),
                    series: SeriesID(truncatingIfNeeded: select.integer(2)),
                    tier: Tier(rawValue: Int32(truncatingIfNeeded: select.integer(3))) ?? .minute,
                    start: select.timestamp(4), revision: Int(select.integer(5)), reason: select.text(6)))
        }
        return refusals
    }
}
