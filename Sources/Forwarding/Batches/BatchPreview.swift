public import Telemetry

/// What a partner's next batch would hold. Sends nothing, records nothing.
public struct BatchPreview: Sendable {
    public let rows: [SharedAggregate]
    /// How many changes were looked at for these, from the first that waits on.
    public let changeCount: Int
    /// What of them does not go, and why.
    public let left: DeliveryCounts
    /// When the next row may go, where that is kept back for now.
    public let nextDue: Timestamp?

    /// - Parameters:
    ///   - pending: what waits for the partner.
    ///   - next: the number that the next change gets.
    ///   - mostRows: at least 1.
    public init(
        _ options: PartnerOptions, pending: PendingChanges, next: ChangeNumber, mostRows: Int, now: Timestamp,
        from reading: any ChangeReading
    ) throws(FeedError) {
        var reader = BatchReader(gateway: options.gateway, contract: options.contract, families: options.families)
        var rows: [SharedAggregate] = []
        var left = DeliveryCounts()
        var count = 0
        var due: Timestamp?
        // What is new goes before what was set apart.
        for stretch in [pending.open..<max(pending.open, next)] + pending.stretches {
            var first = stretch.lowerBound
            while rows.count < mostRows, first < stretch.upperBound {
                let batch = try reader.read(
                    first..<stretch.upperBound, mostRows: mostRows - rows.count, now: now, from: reading)
                rows += batch.rows
                left.add(batch.leftOut(in: batch.changes))
                count += batch.changes.count
                due = due ?? batch.nextDue
                if batch.changes.isEmpty { break }
                first = batch.changes.upperBound
            }
        }
        self.rows = rows
        self.left = left
        changeCount = count
        nextDue = due
    }
}
