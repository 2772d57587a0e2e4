import Telemetry

/// Reads what a partner gets next, by its contract.
struct BatchReader {
    var series: PartnerSeries
    private let contract: Contract

    /// However little of it is shared, a batch looks at no more changes than this, so that what is left out is recorded in time.
    static let mostChanges: Int64 = 200_000

    init(gateway: String, contract: Contract, families: QuantityFamilies) {
        self.contract = contract
        series = PartnerSeries(gateway: gateway, contract: contract, families: families)
    }

    /// - Parameters:
    ///   - range: of the changes that wait; not empty.
    ///   - mostRows: at least 1.
    ///   - now: what is to be shared later by the contract is not taken.
    mutating func read(
        _ range: Range<ChangeNumber>, mostRows: Int, now: Timestamp, from reading: any ChangeReading
    ) throws(FeedError) -> Batch {
        var batch = Batch(from: range.lowerBound)
        let end = min(range.upperBound, range.lowerBound + BatchReader.mostChanges)
        var isFull = false
        try reading.changes(in: range.lowerBound..<end) { run throws(FeedError) in
            // Numbers of which nothing is known any more.
            batch.leave(batch.changes.upperBound..<run.numbers.lowerBound, .expired)
            batch.since = batch.since ?? run.committed
            isFull = !(try add(run, to: &batch, mostRows: mostRows, now: now, reading))
            return !isFull
        }
        if !isFull { batch.leave(batch.changes.upperBound..<end, .expired) }
        return batch
    }

    /// - Returns: whether there is room for more.
    private mutating func add(
        _ run: ChangeRun, to batch: inout Batch, mostRows: Int, now: Timestamp, _ reading: any ChangeReading
    ) throws(FeedError) -> Bool {
        if run.series.contains(where: { series[$0] == nil }) { series.learn(try reading.series()) }
        guard run.series.contains(where: { isShared($0, run.tier) }) else {
            batch.leave(run.numbers, .outside)
            return true
        }
        var found: [(id: SeriesID, aggregate: Aggregate, revision: Int)] = []
        found.reserveCapacity(run.numbers.count)
        try reading.aggregates(
            run.tier, start: run.start, series: run.series, hasPercentiles: contract.fields.includesPercentiles
        ) { id, aggregate, revision in
            found.append((id, aggregate, revision))
        }
        var place = 0
        for number in run.numbers {
            let id = run.series(of: number)
            while place < found.count, found[place].id < id { place += 1 }
            let one = number..<number + 1
            guard isShared(id, run.tier), let entry = series[id], let shared = entry.shared else {
                batch.leave(one, .outside)
                continue
            }
            guard place < found.count, found[place].id == id else {
                batch.leave(one, .expired)
                continue
            }
            let (aggregate, revision) = (found[place].aggregate, found[place].revision)
            if revision != run.revision {
                batch.leave(one, .replaced)
                continue
            }
            let due = aggregate.window.end + contract.delayMilliseconds
            if contract.delayMilliseconds > 0, due > now {
                batch.nextDue = due
                return false
            }
            if try mustWithhold(aggregate, of: entry, reading) {
                batch.leave(one, .withheld)
                continue
            }
            batch.add(
                SharedAggregate(aggregate, series: shared, revision: revision, fields: entry.fields), number: number)
            if batch.rows.count >= mostRows { return false }
        }
        return true
    }

    private func isShared(_ id: SeriesID, _ tier: Tier) -> Bool { series[id]?.tiers.contains(tier) ?? false }

    // MARK: - Small counts

    /// Whether a window counts few, or includes one that does and is shared, and would tell it by the difference.
    private func mustWithhold(
        _ aggregate: Aggregate, of entry: PartnerSeries.Entry, _ reading: any ChangeReading
    ) throws(FeedError) -> Bool {
        guard contract.smallestCount > 1, entry.facts.isCounted else { return false }
        if isSmall(aggregate, of: entry.facts) { return true }
        // Where nothing was counted, nothing is hidden in it.
        if entry.facts.counted(in: aggregate) == 0 { return false }
        let window = aggregate.window
        for id in entry.parts {
            guard let part = series[id] else { continue }
            for tier in part.tiers.sorted() where tier < window.tier || tier == window.tier && id != entry.facts.id {
                var isSmallInside = false
                try reading.aggregates(tier, in: window.start..<window.end, of: id) { inner in
                    if isSmall(inner, of: part.facts) { isSmallInside = true }
                }
                if isSmallInside { return true }
            }
        }
        return false
    }

    private func isSmall(_ aggregate: Aggregate, of facts: SeriesFacts) -> Bool {
        guard let count = facts.counted(in: aggregate) else { return false }
        return count != 0 && count < Double(contract.smallestCount)
    }
}
