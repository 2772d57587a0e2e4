import Telemetry

/// The time of each series' last reading among the rows and bundles, or later: what comes after it cannot be there yet.
///
/// Only for the writer, who alone brings rows in.
struct NewestTimes {
    private var times: [Timestamp] = []

    subscript(series: SeriesID) -> Timestamp {
        Int(series) < times.count ? times[Int(series)] : .distantPast
    }

    mutating func note(_ time: Timestamp, of series: SeriesID) {
        if Int(series) >= times.count {
            times += [Timestamp](repeating: .distantPast, count: Int(series) + 64 - times.count)
        }
        times[Int(series)] = max(times[Int(series)], time)
    }

    mutating func note(_ other: NewestTimes) {
        for (series, time) in other.times.enumerated() where time > self[SeriesID(series)] {
            note(time, of: SeriesID(series))
        }
    }
}
