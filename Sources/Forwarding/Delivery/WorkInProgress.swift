import Telemetry

/// A batch on its way, and what of it was handed in.
struct WorkInProgress {
    let batch: Batch
    var machine: DeliveryMachine
    /// Rows that may have arrived although no answer came.
    var doubtful: Range<Int>?
    /// Rows sent twice, since the last settlement.
    var repeated = 0
    private var settledRows = 0
    private var settledUntil: ChangeNumber

    init(_ batch: Batch) {
        self.batch = batch
        machine = DeliveryMachine(rowCount: batch.rows.count)
        settledUntil = batch.changes.lowerBound
    }

    /// Whether all of it was handed in.
    var isSettled: Bool { settledUntil == batch.changes.upperBound }

    /// What is settled since the last time; nil where nothing is.
    mutating func takeSettlement(partner: String, bookmark: String?, time: Timestamp) -> Settlement? {
        let rows = settledRows..<machine.settledCount
        let end = batch.end(after: rows.upperBound)
        guard end > settledUntil else { return nil }
        let changes = settledUntil..<end
        let refused = machine.refused(in: rows)
        var counts = batch.leftOut(in: changes)
        counts.refused = refused.count
        counts.delivered = rows.count - refused.count
        defer {
            settledRows = rows.upperBound
            settledUntil = end
            repeated = 0
        }
        return Settlement(
            partner: partner, changes: changes, counts: counts,
            refusals: refused.map { row, reason in
                let aggregate = batch.rows[row]
                return RefusedAggregate(
                    change: batch.numbers[row], series: aggregate.series.id, tier: aggregate.window.tier,
                    start: aggregate.window.start, revision: aggregate.revision, reason: reason)
            }, repeated: repeated, bookmark: bookmark, time: time)
    }
}
