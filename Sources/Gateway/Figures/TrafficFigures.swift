public import Processing
public import Storage
public import Telemetry

/// Who passed a counter, and how fast.
public struct TrafficFigures: Sendable {
    public let device: String
    /// All hours that count, together.
    public let whole: Period
    /// Every closed hour of the range in which something was counted, ascending.
    public let hours: [Period]
    /// How many hours of the range are closed.
    public let closedHourCount: Int
    public let speeds: SpeedMeaning

    /// What the speeds are of which a V85 is wanted.
    public enum SpeedMeaning: String, Hashable, Sendable {
        /// None is measured.
        case none
        /// Each of one vehicle.
        case vehicles
        /// Each the mean of an interval: no V85 follows from these.
        case means
        /// The sensor's own V85 of an interval: none of the whole follows from several.
        case sensor
    }

    public struct Period: Hashable, Sendable {
        public let start: Timestamp
        public let end: Timestamp
        public let shares: TrafficShares
        /// km/h.
        public let v85: Double?
    }

    /// How many of the closed hours the whole is made of: those in which all that is counted is there and valid.
    public let countedHourCount: Int

    /// - Parameter singleSpeeds: whether `speed` is that of single vehicles; nil where that is not configured, and a
    ///   series without an expected interval has them.
    /// - Returns: nil for a device that counts nobody and measures no speed.
    public init?(
        _ reader: StoreReader, device: String, series all: [StoreReader.SeriesRow], range: Range<Timestamp>,
        closedUntil: Timestamp, singleSpeeds: Bool?
    ) throws(StorageError) {
        let counts = TrafficCounts(all)
        let speed = all.first { $0.quantity == "speed_v85" } ?? all.first { $0.quantity == "speed" }
        guard !counts.isEmpty || speed != nil else { return nil }
        self.device = device
        speeds = TrafficFigures.meaning(of: speed, singleSpeeds: singleSpeeds)
        let begin = Window(.hour, holding: range.lowerBound, days: .utc).start
        let own = counts.series.map { $0.closedUntil(closedUntil) }.reduce(min(range.upperBound, closedUntil), min)
        let closed = Window(.hour, holding: own, days: .utc).start
        let span = begin..<max(begin, closed)
        closedHourCount = Int((span.upperBound - begin) / 3_600_000)
        var counted = CountedHours()
        for row in counts.series {
            for window in try reader.windows(.hour, in: span, of: row.id) { counted.add(window.aggregate, of: row.id) }
        }
        let speedHours = try speed.map { row throws(StorageError) in try reader.windows(.hour, in: span, of: row.id) }
        let v85 = TrafficFigures.v85(of: speedHours ?? [], meaning: speeds)
        let starts = Set(counted.starts).union(v85.keys).sorted()
        hours = starts.map { start in
            Period(
                start: start, end: start + 3_600_000, shares: counts.shares { counted.total(of: $0, at: [start]) },
                v85: v85[start])
        }
        let complete = counted.starts.filter { counted.isComplete(at: $0, of: counts.series.map(\.id)) }
        countedHourCount = complete.count
        whole = Period(
            start: span.lowerBound, end: span.upperBound, shares: counts.shares { counted.total(of: $0, at: complete) },
            v85: speeds == .vehicles ? try TrafficFigures.v85(reader, of: speed, in: span) : nil)
    }

    private static func meaning(of speed: StoreReader.SeriesRow?, singleSpeeds: Bool?) -> SpeedMeaning {
        guard let speed else { return .none }
        if speed.quantity == "speed_v85" { return .sensor }
        return singleSpeeds ?? (speed.intervalMilliseconds == nil) ? .vehicles : .means
    }

    /// By hour.
    private static func v85(of hours: [StoredAggregate], meaning: SpeedMeaning) -> [Timestamp: Double] {
        var found: [Timestamp: Double] = [:]
        for aggregate in hours.map(\.aggregate) {
            switch meaning {
            case .none, .means: break
            case .vehicles: found[aggregate.window.start] = aggregate.percentiles?.p85
            case .sensor: if aggregate.count == 1 { found[aggregate.window.start] = aggregate.mean }
            }
        }
        return found
    }

    /// Of the whole, from what the quarters keep of their readings.
    private static func v85(
        _ reader: StoreReader, of speed: StoreReader.SeriesRow?, in span: Range<Timestamp>
    ) throws(StorageError) -> Double? {
        guard let speed else { return nil }
        return try SeriesStretch(reader, .quarter, of: speed, in: span).whole.percentiles?.p85
    }
}
