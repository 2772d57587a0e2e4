public import Telemetry

/// When a container is to be emptied, or why that cannot be said.
public enum FillForecast: Hashable, Sendable {
    /// It reaches the threshold then, if it goes on filling as since its last emptying.
    case reaches(Timestamp)
    /// It is at the threshold or above it.
    case reached
    case insufficientData(Lack)

    public enum Lack: String, Hashable, Sendable {
        /// Since the last emptying.
        case tooFewReadings = "too_few_readings"
        /// Since the last emptying: nights fill no containers.
        case tooShort = "too_short"
        /// The last reading is too old.
        case noRecentReading = "no_recent_reading"
        /// It does not fill, or not so that the readings show it beyond doubt.
        case notFilling = "not_filling"
        /// It lies further ahead than such a forecast can look.
        case tooFarAhead = "too_far_ahead"
    }

    /// What a forecast needs.
    public struct Rule: Hashable, Sendable {
        /// Collectors act at this level, in per cent.
        public var threshold = 80.0
        /// Readings since the last emptying.
        public var fewestReadings = 8
        /// From the first to the last of them: a day, so that it holds its hours in their proportion.
        public var shortestHours = 24.0
        /// How old the last reading may be.
        public var oldestReadingHours = 24.0
        public var furthestHours = 60 * 24.0
        public var emptying = EmptyingRule()

        public init() {}
    }
}

/// What a container's readings say: when it was emptied, how fast it has been filling since, and when it will be full.
public struct FillOutlook: Hashable, Sendable {
    public let lastEmptying: Emptying?
    /// Since the last emptying, or the first reading where none is known; nil for fewer than two readings.
    public let rate: FillRate?
    public let forecast: FillForecast

    /// - Parameters:
    ///   - readings: usable ones, ascending in time, each time once; as far back as there is a need to look for the last
    ///     emptying.
    ///   - now: by which the last reading is judged.
    public init(_ readings: [FillReading], now: Timestamp, rule: FillForecast.Rule = FillForecast.Rule()) {
        var detector = EmptyingDetector(rule: rule.emptying)
        let usable = readings.filter(\.level.isFinite)
        lastEmptying = usable.reduce(nil) { last, reading in detector.add(reading) ?? last }
        let begin = lastEmptying?.time ?? .distantPast
        let since = usable.drop { $0.time < begin }
        rate = FillRate(since)
        forecast = FillOutlook.forecast(since, rate: rate, now: now, rule: rule)
    }

    private static func forecast(
        _ since: ArraySlice<FillReading>, rate: FillRate?, now: Timestamp, rule: FillForecast.Rule
    ) -> FillForecast {
        guard let first = since.first, let last = since.last, let level = level(of: since) else {
            return .insufficientData(.tooFewReadings)
        }
        if Double(now - last.time) > rule.oldestReadingHours * FillRate.hour {
            return .insufficientData(.noRecentReading)
        }
        if level >= rule.threshold { return .reached }
        if since.count < rule.fewestReadings { return .insufficientData(.tooFewReadings) }
        if Double(last.time - first.time) < rule.shortestHours * FillRate.hour {
            return .insufficientData(.tooShort)
        }
        guard let rate, rate.lowerPerHour > 0 else { return .insufficientData(.notFilling) }
        let hours = (rule.threshold - level) / rate.perHour
        guard hours <= min(rule.furthestHours, FillOutlook.mostHours) else { return .insufficientData(.tooFarAhead) }
        return .reaches(last.time + Int64(hours * FillRate.hour))
    }

    /// A century, which any date can bear.
    private static let mostHours = 876_600.0

    /// The level now, which is not that of one echo: the median of the last three readings, of two the lower.
    private static func level(of since: ArraySlice<FillReading>) -> Double? {
        let last = since.suffix(3).map(\.level)
        return last.count == 2 ? last.min() : last.median
    }
}
