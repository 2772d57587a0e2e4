public import Telemetry

/// The mean of the eight hours before a moment, of which at least six must speak; for ozone and carbon monoxide.
/// Source: 2008/50/EC Annex VII (ozone) and XI (carbon monoxide).
public struct EightHourMean: Hashable, Sendable {
    /// A whole hour, UTC.
    public var end: Timestamp
    public var value: Double
    /// How many hours it is the mean of, 6 to 8.
    public var hourCount: Int

    /// The quantities of which EU rules ask it, as in the catalogue.
    public static let quantities = ["o3", "co"]
    static let hours: Int64 = 8
    static let requiredHours = 6

    /// - Parameter hours: any that may be within, each once, in any order.
    /// - Returns: nil with fewer than six hours.
    public init?(ending end: Timestamp, of hours: some Sequence<HourMean>) {
        let range = end - EightHourMean.hours * HourMean.milliseconds..<end
        // In the order of time, so that the same hours give the same bits.
        let within = hours.filter { range.contains($0.start) }.sorted { $0.start < $1.start }
        guard within.count >= EightHourMean.requiredHours, let mean = within.map(\.value).mean else { return nil }
        self.end = end
        value = mean
        hourCount = within.count
    }

    /// The running means, one an hour, that end in a stretch of time: after its begin, at the latest at its end.
    /// - Parameter hours: those of the stretch and of eight hours before it, each once, in any order.
    public static func running(in stretch: Range<Timestamp>, of hours: some Sequence<HourMean>) -> [EightHourMean] {
        let sorted = hours.sorted { $0.start < $1.start }
        var means: [EightHourMean] = []
        var first = sorted.startIndex
        for end in ends(in: stretch) {
            let begin = end - EightHourMean.hours * HourMean.milliseconds
            while first < sorted.endIndex, sorted[first].start < begin { first += 1 }
            if let mean = EightHourMean(ending: end, of: sorted[first...].prefix { $0.start < end }) {
                means.append(mean)
            }
        }
        return means
    }

    /// The whole hours after the begin of a stretch of time and at the latest at its end.
    static func ends(in stretch: Range<Timestamp>) -> [Timestamp] {
        let first = stretch.lowerBound.milliseconds.flooredQuotient(HourMean.milliseconds) + 1
        let last = stretch.upperBound.milliseconds.flooredQuotient(HourMean.milliseconds)
        return first <= last ? (first...last).map { Timestamp(milliseconds: $0 * HourMean.milliseconds) } : []
    }
}
