/// A width of downsampling. The raw value is stored: seconds, with the day nominal.
public enum Tier: Int32, Sendable, CaseIterable, Hashable, Comparable {
    case minute = 60
    case quarter = 900
    case hour = 3600
    /// A local calendar day: 23 or 25 hours where the clock changes.
    case day = 86_400

    /// As in configuration and output.
    public var name: String {
        switch self {
        case .minute: "1m"
        case .quarter: "15m"
        case .hour: "1h"
        case .day: "1d"
        }
    }

    public init?(name: String) {
        guard let tier = Tier.allCases.first(where: { $0.name == name }) else { return nil }
        self = tier
    }

    /// The tier whose aggregates are merged into this one's; nil for the finest, which is made from readings.
    /// Days are made from quarters, not hours, for zones whose offset is not a whole hour.
    public var finer: Tier? {
        switch self {
        case .minute: nil
        case .quarter: .minute
        case .hour, .day: .quarter
        }
    }

    /// Whether coarser windows are merged from this tier's.
    public var isMergedFurther: Bool { Tier.allCases.contains { $0.finer == self } }

    public static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }
}

/// A half-open stretch of time, `start ..< end`, of one tier.
public struct Window: Hashable, Sendable {
    public var tier: Tier
    public var start: Timestamp
    public var end: Timestamp

    public init(tier: Tier, start: Timestamp, end: Timestamp) {
        self.tier = tier
        self.start = start
        self.end = end
    }

    public var milliseconds: Int64 { end - start }

    /// The window of this tier that holds a moment. Minutes, quarters and hours are cut in UTC, days by the calendar.
    public init(_ tier: Tier, holding time: Timestamp, days calendar: DayCalendar) {
        if tier == .day {
            let day = calendar.day(holding: time)
            self.init(tier: tier, start: day.lowerBound, end: day.upperBound)
        } else {
            let width = Int64(tier.rawValue) * 1000
            let start = Timestamp(milliseconds: time.milliseconds.flooredQuotient(width) * width)
            self.init(tier: tier, start: start, end: start + width)
        }
    }
}
