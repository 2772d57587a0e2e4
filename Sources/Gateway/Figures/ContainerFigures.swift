public import Processing
import Storage
import Telemetry

/// What the fill level of a container says: when it was emptied, and when it will be full.
public struct ContainerFigures: Sendable {
    public let device: String
    /// The latest usable reading.
    public let latest: FillReading?
    /// Within the range, ascending.
    public let emptyings: [Emptying]
    public let outlook: FillOutlook
    /// Per cent.
    public let threshold: Double

    private static let quantity = "fill_level"
    /// How far back readings are looked at: containers that are emptied less often are none that fill.
    public static let memoryMilliseconds: Int64 = 28 * 86_400_000

    /// - Parameter recent: the latest usable readings, ascending; before them the quarters' last ones count.
    init(
        _ reader: StoreReader, series: StoreReader.SeriesRow, range: Range<Timestamp>, now: Timestamp,
        recent: [FillReading], threshold: Double
    ) throws(StorageError) {
        device = series.device
        self.threshold = threshold
        let begin = min(range.lowerBound, now - ContainerFigures.memoryMilliseconds)
        var readings = try reader.windows(.quarter, in: begin..<now, of: series.id).compactMap { row in
            row.aggregate.statistics.map { FillReading(time: $0.lastTime, level: $0.last) }
        }
        let known = readings.last?.time ?? .distantPast
        readings += recent.filter { $0.time > known }
        latest = readings.last
        var detector = EmptyingDetector()
        emptyings = readings.compactMap { detector.add($0) }.filter { range.contains($0.time) }
        var rule = FillForecast.Rule()
        rule.threshold = threshold
        outlook = FillOutlook(readings, now: now, rule: rule)
    }

    static func isLevel(_ series: StoreReader.SeriesRow) -> Bool {
        series.quantity == quantity && series.unit == "%"
    }
}
