import Telemetry

/// Windows of a tier that are stepped through, in the order in which they were asked for: see ``AggregateRows``.
struct AggregateCursor {
    let tier: Tier
    private let rows: Statement
    private let hours: HourWalk?

    /// - Parameter rows: of ``AggregateTable/columns``.
    init(_ tier: Tier, _ rows: Statement) {
        self.tier = tier
        self.rows = rows
        hours = nil
    }

    init(_ hours: HourWalk) {
        tier = .hour
        rows = hours.rows
        self.hours = hours
    }

    /// - Returns: whether there is a window to read.
    func step(_ operation: @autoclosure () -> String) throws(StorageError) -> Bool {
        if let hours { return try hours.step(operation()) }
        return try rows.step(operation())
    }

    /// Of the window that was stepped on.
    var series: SeriesID { SeriesID(truncatingIfNeeded: rows.integer(0)) }

    func read() -> StoredAggregate { AggregateRow.read(rows, tier: tier) }
}
