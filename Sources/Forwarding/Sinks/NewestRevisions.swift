import Telemetry

/// Of the rows of a delivery, those that are to be sent: of each window the newest revision, which speaks for the others.
struct NewestRevisions {
    /// Places in the delivery, ascending.
    let kept: [Int]
    /// For each row of the delivery, the one that speaks for it.
    private let speakers: [Int]

    private struct Key: Hashable {
        var series: SeriesID
        var window: Window
    }

    init(_ rows: [SharedAggregate]) {
        var newest: [Key: Int] = [:]
        for (place, row) in rows.enumerated() {
            let key = Key(series: row.series.id, window: row.window)
            if let other = newest[key], rows[other].revision > row.revision { continue }
            newest[key] = place
        }
        kept = newest.values.sorted()
        speakers = rows.enumerated().map { place, row in
            newest[Key(series: row.series.id, window: row.window)] ?? place
        }
    }

    /// - Parameter outcomes: of those that were sent and not taken, or of all.
    func delivery(_ outcomes: [Int: Delivery.Outcome]) -> Delivery {
        if outcomes.values.allSatisfy({ $0 == .taken }) { return .allTaken }
        return Delivery(speakers.map { outcomes[$0] ?? .taken })
    }
}
