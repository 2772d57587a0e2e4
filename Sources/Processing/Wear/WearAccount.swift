public import Telemetry

/// How much the process, and those before it on the same day, have written.
public struct WearAccount: Sendable, Hashable {
    /// Local; nil while no clock is believed.
    public private(set) var day: Range<Timestamp>?
    /// Bytes on that day, or since the start where there is none yet.
    public private(set) var written: Int64 = 0

    public init() {}

    /// - Parameter day: that of now; nil while no clock is believed, whose bytes count for the day that follows.
    public mutating func add(_ bytes: Int64, on day: Range<Timestamp>?) {
        if let day, day.lowerBound != self.day?.lowerBound {
            if self.day != nil { written = 0 }
            self.day = day
        }
        written += bytes
    }

    /// Takes over what an earlier process wrote, when it was on this day. Once, after the first ``add(_:on:)`` with a day.
    public mutating func resume(dayStart: Timestamp, written: Int64) {
        if dayStart == day?.lowerBound { self.written += max(0, written) }
    }
}

/// How fast something grows that is looked at now and then.
///
/// Over an hour at most, since what is written comes in lumps: the write-ahead log goes into the database a few megabytes
/// at a time.
public struct WritePace: Sendable {
    private var looks: [(at: Int64, total: Int64)] = []

    private static let reach: Int64 = 3_600_000
    private static let least: Int64 = 60_000

    public init() {}

    /// - Parameters:
    ///   - total: what only grows.
    ///   - now: of a clock that never steps, in milliseconds.
    public mutating func note(total: Int64, at now: Int64) {
        looks.append((now, total))
        // One look beyond the reach stays, to measure from.
        while looks.count > 2, now - looks[1].at >= WritePace.reach { looks.removeFirst() }
    }

    /// How long it was looked at since a moment, in milliseconds, up to an hour.
    public func observed(since moment: Int64) -> Int64 {
        guard let first = first(since: moment), let last = looks.last else { return 0 }
        return last.at - first.at
    }

    /// The growth since a moment as if it went on for a day; nil before a minute is over.
    public func perDay(since moment: Int64 = .min) -> Double? {
        guard let first = first(since: moment), let last = looks.last, last.at - first.at >= WritePace.least else {
            return nil
        }
        return Double(last.total - first.total) / Double(last.at - first.at) * 86_400_000
    }

    private func first(since moment: Int64) -> (at: Int64, total: Int64)? { looks.first { $0.at >= moment } }
}
