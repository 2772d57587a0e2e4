public import Processing
public import Storage
public import Telemetry

/// The air of a site: its indexes by hour, and the running means of its ozone and carbon monoxide.
public struct AirFigures: Sendable {
    /// Every closed hour of the range, ascending; those without a valid mean have no index.
    public let hours: [Hour]
    public let eightHours: [EightHours]
    /// Quantities of which no hour can be valid, since no interval says what a whole hour has; ordered.
    public let withoutInterval: [String]

    public struct Hour: Hashable, Sendable {
        public let start: Timestamp
        public let european: EuropeanAirQualityIndex?
        public let dutch: DutchAirQualityIndex?
        /// µg/m³, of pollutants that are valid.
        public let means: [Pollutant: Double]
    }

    /// Of one sensor.
    public struct EightHours: Hashable, Sendable {
        public let device: String
        public let quantity: String
        public let unit: String
        /// That end in the range, ascending.
        public let means: [EightHourMean]
        /// Of every local day that the range touches; today's means so far.
        public let days: [DailyMaximum]
    }

    /// The latest hour that has an index.
    public var latest: Hour? { hours.last { $0.european != nil || $0.dutch != nil } }

    /// - Returns: nil for a site that measures nothing of the kind.
    public init?(
        _ reader: StoreReader, site: Site, range: Range<Timestamp>, closedUntil: Timestamp
    ) throws(StorageError) {
        let pollutants = site.series.filter { Pollutant(rawValue: $0.quantity) != nil && $0.unit == Pollutant.unit }
        let averaged = site.series.filter { EightHourMean.quantities.contains($0.quantity) }
        guard !pollutants.isEmpty || !averaged.isEmpty else { return nil }
        let begin = Window(.hour, holding: range.lowerBound, days: .utc).start
        let closed = (pollutants + averaged).map { $0.closedUntil(closedUntil) }.reduce(range.upperBound, min)
        var siteHours: [Timestamp: SiteHour] = [:]
        for series in pollutants {
            for row in try reader.windows(.hour, in: begin..<max(begin, closed), of: series.id) {
                siteHours[row.aggregate.window.start, default: SiteHour()].add(
                    row.aggregate, quantity: series.quantity, unit: series.unit)
            }
        }
        hours = stride(
            from: begin.milliseconds, through: closed.milliseconds - AirFigures.hour, by: Int(AirFigures.hour)
        )
        .map { AirFigures.hour(Timestamp(milliseconds: $0), siteHours) }
        eightHours = try averaged.map { series throws(StorageError) in
            try AirFigures.eightHours(reader, series, in: begin..<max(begin, closed))
        }
        withoutInterval = Set((pollutants + averaged).filter { $0.intervalMilliseconds == nil }.map(\.quantity))
            .sorted()
    }

    private static let hour: Int64 = 3_600_000

    private static func hour(_ start: Timestamp, _ siteHours: [Timestamp: SiteHour]) -> Hour {
        let hour = siteHours[start] ?? SiteHour()
        let means = Pollutant.allCases.reduce(into: [:]) { $0[$1] = hour[$1] }
        return Hour(
            start: start, european: EuropeanAirQualityIndex(hour), dutch: DutchAirQualityIndex(hour), means: means)
    }

    private static func eightHours(
        _ reader: StoreReader, _ series: StoreReader.SeriesRow, in range: Range<Timestamp>
    ) throws(StorageError) -> EightHours {
        let days = AirFigures.days(in: range)
        let first = min(days.first?.start ?? range.lowerBound, range.lowerBound) - 8 * hour
        let last = max(days.last?.end ?? range.upperBound, range.upperBound)
        let means = try reader.windows(.hour, in: first..<last, of: series.id).compactMap { HourMean($0.aggregate) }
        return EightHours(
            device: series.device, quantity: series.quantity, unit: series.unit,
            means: EightHourMean.running(in: range, of: means),
            days: days.map { maximum(of: $0, means: means, closedUntil: range.upperBound) })
    }

    /// Of a day that goes on only the means that have ended.
    private static func maximum(of day: Window, means: [HourMean], closedUntil: Timestamp) -> DailyMaximum {
        let begin = day.start - 8 * hour
        let whole = DailyMaximum(day: day, of: means.filter { $0.start >= begin && $0.start < day.end })
        guard day.end > closedUntil, closedUntil > day.start else { return whole }
        var part = DailyMaximum(
            day: Window(tier: .day, start: day.start, end: closedUntil), of: means.filter { $0.start >= begin })
        (part.day, part.requiredCount) = (day, whole.requiredCount)
        return part
    }

    private static func days(in range: Range<Timestamp>) -> [Window] {
        var days: [Window] = []
        var time = range.lowerBound
        while time < range.upperBound {
            let day = Window(.day, holding: time, days: .local)
            days.append(day)
            guard day.end > time else { break }
            time = day.end
        }
        return days
    }
}

extension AirFigures {
    /// Whether a quantity has a part in these figures.
    public static func isAir(_ quantity: String) -> Bool {
        Pollutant(rawValue: quantity) != nil || EightHourMean.quantities.contains(quantity)
    }
}
