import Telemetry

/// A window that is lent and never copied: for each of its columns a copy would cost more than the column.
struct AggregateInPlace: ~Copyable {
    let stored: StoredAggregate

    init(_ stored: StoredAggregate) {
        self.stored = stored
    }

    /// Before there is one.
    init() {
        let window = Window(tier: .minute, start: .distantPast, end: .distantPast)
        self.init(StoredAggregate(series: 0, aggregate: Aggregate(window: window), revision: 0))
    }
}
