import Forwarding
import Storage
import Telemetry

/// The latest windows of each tier as if they had just been closed: to see what a contract shares before anything waits.
struct LatestWindows: ChangeReading {
    private let stored: StoredChanges
    private var runs: [ChangeRun] = []

    /// - Parameter closedUntil: up to when windows are computed.
    init(_ reader: StoreReader, facts: SeriesFactsDirectory, closedUntil: Timestamp) throws(StorageError) {
        stored = StoredChanges(reader, facts: facts)
        var number: ChangeNumber = 1
        for tier in Tier.allCases {
            let width = Int64(tier.rawValue) * 1000
            var rows: [(start: Timestamp, series: SeriesID, revision: Int)] = []
            // A day more than one, since not all are equally long.
            try reader.aggregates(tier, in: closedUntil - 3 * width..<closedUntil) {
                rows.append(($0.aggregate.window.start, $0.series, $0.revision))
                return true
            }
            guard let last = rows.map(\.start).max() else { continue }
            for row in rows where row.start == last {
                runs.append(
                    ChangeRun(
                        numbers: number..<number + 1, tier: tier, start: row.start, firstSeries: row.series,
                        revision: row.revision, committed: closedUntil))
                number += 1
            }
        }
    }

    /// The number behind the last.
    var next: ChangeNumber { runs.last?.numbers.upperBound ?? 1 }

    func changes(
        in range: Range<ChangeNumber>, _ visit: (ChangeRun) throws(FeedError) -> Bool
    ) throws(FeedError) {
        for run in runs {
            if let part = run.clamped(to: range), !(try visit(part)) { return }
        }
    }

    func firstChange(since time: Timestamp) throws(FeedError) -> ChangeNumber? { nil }

    func aggregates(
        _ tier: Tier, start: Timestamp, series: ClosedRange<SeriesID>, hasPercentiles: Bool,
        _ visit: (SeriesID, Aggregate, _ revision: Int) -> Void
    ) throws(FeedError) {
        try stored.aggregates(tier, start: start, series: series, hasPercentiles: hasPercentiles, visit)
    }

    func aggregates(
        _ tier: Tier, in range: Range<Timestamp>, of series: SeriesID, _ visit: (Aggregate) -> Void
    ) throws(FeedError) {
        try stored.aggregates(tier, in: range, of: series, visit)
    }

    func series() throws(FeedError) -> [SeriesFacts] { try stored.series() }
}
