import Forwarding
import Storage
import Telemetry

/// What a forwarder reads, from the file.
struct StoredChanges: ChangeReading {
    private let reader: StoreReader
    private let facts: SeriesFactsDirectory

    init(_ reader: StoreReader, facts: SeriesFactsDirectory) {
        self.reader = reader
        self.facts = facts
    }

    func changes(
        in range: Range<ChangeNumber>, _ visit: (ChangeRun) throws(FeedError) -> Bool
    ) throws(FeedError) {
        var failure: FeedError?
        do throws(StorageError) {
            try reader.changes(in: range) { run in
                do throws(FeedError) {
                    return try visit(run)
                } catch {
                    failure = error
                    return false
                }
            }
        } catch {
            throw FeedError("\(error)")
        }
        if let failure { throw failure }
    }

    func firstChange(since time: Timestamp) throws(FeedError) -> ChangeNumber? {
        try asked { () throws(StorageError) in try reader.firstChange(since: time) }
    }

    func aggregates(
        _ tier: Tier, start: Timestamp, series: ClosedRange<SeriesID>, hasPercentiles: Bool,
        _ visit: (SeriesID, Aggregate, _ revision: Int) -> Void
    ) throws(FeedError) {
        try asked { () throws(StorageError) in
            try reader.aggregates(tier, start: start, series: series, hasPercentiles: hasPercentiles) {
                visit($0.series, $0.aggregate, $0.revision)
            }
        }
    }

    func aggregates(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID, _ visit: (Aggregate) -> Void
    ) throws(FeedError) {
        try asked { () throws(StorageError) in
            try reader.aggregates(tier, in: range, series: series) {
                visit($0.aggregate)
                return true
            }
        }
    }

    func series() throws(FeedError) -> [SeriesFacts] {
        try asked { () throws(StorageError) in try reader.series().map(facts.facts(of:)) }
    }

    private func asked<Value>(_ question: () throws(StorageError) -> Value) throws(FeedError) -> Value {
        do throws(StorageError) {
            return try question()
        } catch {
            throw FeedError("\(error)")
        }
    }
}
