import Control
import Storage
import Telemetry

/// What the file uses, how far back it reaches, and what has gone for the quota.
struct SpaceSnapshot: Sendable {
    var space: StoredSpace
    var reach: StoredReach
    var removals: Removals
    var quota: QuotaSettings?
    var standing: QuotaStanding

    init(_ reader: StoreReader, _ quota: QuotaSettings?, _ standing: QuotaStanding) throws(StorageError) {
        space = try reader.space()
        reach = try reader.reach()
        removals = try reader.removals()
        self.quota = quota
        self.standing = standing
    }

    /// Of a file that nobody writes to.
    init(_ reader: StoreReader, _ quota: QuotaSettings?) throws(StorageError) {
        try self.init(reader, quota, QuotaStanding())
        if let quota { standing.condition = space.usedBytes > quota.upperMark ? .removing : .within }
    }
}

extension StatusReport.Space {
    init(_ snapshot: SpaceSnapshot) {
        self.init(
            usedBytes: snapshot.space.usedBytes, quotaBytes: snapshot.quota?.bytes,
            removalBeginsBytes: snapshot.quota?.upperMark, condition: snapshot.standing.condition.rawValue,
            readingsSince: snapshot.reach.readings?.description,
            windowsSince: Tier.allCases.compactMap { tier in
                snapshot.reach.aggregates[tier].map { .init(tier: tier.name, since: $0.description) }
            },
            removedReadings: snapshot.removals.readings[.quota] ?? 0,
            removedWindows: snapshot.removals.aggregates.values.reduce(0) { $0 + ($1[.quota] ?? 0) },
            logLimitBytes: StoreOptions.usualLogLimitBytes)
    }
}
