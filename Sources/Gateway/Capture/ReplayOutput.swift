import Storage
import Telemetry

/// The NDJSON of `poort replay`: all that a database holds.
struct ReplayOutput {
    let reader: StoreReader

    /// Readings by time, rejections as they came, aggregates by device, quantity, tier and time.
    func write(to output: (String) -> Void) throws(StorageError) {
        let series = try reader.series()
        try writeReadings(of: series, to: output)
        try reader.forEachHeldMessage {
            output(JSONLine.rejection($0.message).finished)
            return true
        }
        for row in series { try writeAggregates(of: row, to: output) }
    }

    private func writeReadings(
        of series: [StoreReader.SeriesRow], to output: (String) -> Void
    ) throws(StorageError) {
        let rows = Dictionary(uniqueKeysWithValues: series.map { ($0.id, $0) })
        try reader.readings(in: .distantPast ..< .distantFuture) { reading in
            guard let row = rows[reading.series] else { return true }
            output(
                JSONLine.reading(
                    device: row.device, quantity: row.quantity, unit: row.unit, time: reading.time,
                    value: reading.value, flag: reading.flag, tests: reading.tests
                ).finished)
            return true
        }
    }

    private func writeAggregates(
        of row: StoreReader.SeriesRow, to output: (String) -> Void
    ) throws(StorageError) {
        for tier in Tier.allCases {
            try reader.aggregates(tier, in: .distantPast ..< .distantFuture, series: row.id) { stored in
                output(
                    JSONLine.aggregate(
                        device: row.device, quantity: row.quantity, unit: row.unit, aggregate: stored.aggregate,
                        revision: stored.revision
                    ).finished)
                return true
            }
        }
    }
}
