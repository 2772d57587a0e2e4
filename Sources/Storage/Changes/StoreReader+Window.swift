public import Telemetry

extension StoreReader {
    /// Visits the aggregates of the window of a tier that begins at a time, of series with consecutive numbers, in their order.
    /// - Parameters:
    ///   - start: of the window, or any time in its first minute.
    ///   - hasPercentiles: without them an aggregate is read in half the time.
    public func aggregates(
        _ tier: Tier, start: Timestamp, series: ClosedRange<SeriesID>, hasPercentiles: Bool = true,
        visit: (StoredAggregate) -> Void
    ) throws(StorageError) {
        let table = AggregateTable(tier)
        let step = table.keys.step(of: start)
        // Hours of one start do not lie beside each other: those of one series do.
        let parts = table.keys.groupBits == 0 ? [series] : series.map { $0...$0 }
        let select = try database.prepare(
            "SELECT \(table.columns) FROM \(table.source) WHERE \(table.name).id BETWEEN ?1 AND ?2 ORDER BY \(table.name).id"
        )
        for part in parts {
            select.bind(1, table.keys.id(step, part.lowerBound))
            select.bind(2, table.keys.id(step, part.upperBound))
            while try select.step("read aggregates") {
                visit(AggregateRow.read(select, tier: tier, hasPercentiles: hasPercentiles))
            }
            select.reset()
        }
    }
}
