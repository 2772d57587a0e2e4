public import Telemetry

/// The highest running eight-hour mean of a local day; each mean belongs to the day in which it ends: the first of a day
/// is that from 17:00 to 01:00, the last that from 16:00 to 24:00.
///
/// Source: 2008/50/EC Annex VII. It asks for 18 of 24 means, three quarters: on the days on which clocks change that is
/// 18 of 23 and 19 of 25.
public struct DailyMaximum: Hashable, Sendable {
    public var day: Window
    /// The earliest of the highest; nil when no mean of the day is known.
    public var highest: EightHourMean?
    /// How many means of the day are known.
    public var meanCount: Int
    /// How many must be.
    public var requiredCount: Int

    /// Whether enough means are known to let the maximum speak. If not, the day's maximum is at least ``highest``.
    public var isValid: Bool { meanCount >= requiredCount }

    /// - Parameter hours: those of the day and of eight hours before it, each once, in any order.
    public init(day: Window, of hours: some Sequence<HourMean>) {
        self.day = day
        let stretch = day.start..<day.end
        let means = EightHourMean.running(in: stretch, of: hours)
        // `max` would give the last of several.
        highest = means.reduce(nil) { best, mean in best.map { $0.value >= mean.value ? $0 : mean } ?? mean }
        meanCount = means.count
        requiredCount = (EightHourMean.ends(in: stretch).count * 3 + 3) / 4
    }
}
