public import Telemetry

/// Why something goes that had been stored.
public enum RemovalRule: String, Hashable, Sendable, CaseIterable {
    /// It is older than the configuration keeps.
    case retention
    /// The file has reached its quota.
    case quota
}

/// What was removed from the file since it was made, as the ledger counts it.
public struct Removals: Hashable, Sendable {
    public var readings: [RemovalRule: Int] = [:]
    /// Aggregates of each tier.
    public var aggregates: [Tier: [RemovalRule: Int]] = [:]

    public init() {}

    public var readingCount: Int { readings.values.reduce(0, +) }
}

extension LedgerEntry {
    static func removedReadings(by rule: RemovalRule) -> String { rule == .quota ? "quota" : stored }

    /// `1m` by retention, `quota:1m` for the quota.
    static func removedAggregates(_ tier: Tier, by rule: RemovalRule) -> String {
        rule == .quota ? "quota:\(tier.name)" : tier.name
    }
}

extension StoreReader {
    /// What was removed by rule, and by which. What was lost with damage is not in it.
    public func removals() throws(StorageError) -> Removals {
        var counts: [String: Int] = [:]
        let select = try database.prepare(
            "SELECT outcome, sum(count) FROM ledger WHERE counted = 'removed' GROUP BY outcome")
        while try select.step("read what was removed") { counts[select.text(0)] = Int(select.integer(1)) }
        var removals = Removals()
        for rule in RemovalRule.allCases {
            removals.readings[rule] = counts[LedgerEntry.removedReadings(by: rule)]
            for tier in Tier.allCases {
                removals.aggregates[tier, default: [:]][rule] =
                    counts[LedgerEntry.removedAggregates(tier, by: rule)]
            }
        }
        removals.aggregates = removals.aggregates.filter { !$0.value.isEmpty }
        return removals
    }
}
