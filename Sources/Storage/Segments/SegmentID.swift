import Telemetry

/// A segment's number in the file: the hour of its first reading, its series, and a running number. So segments lie by time,
/// new ones behind the others, and those of one series are found in any hour by their key.
///
/// Bits 43 to 62 count the hours since 1970 (up to the year 2089), 12 to 42 hold the series, 0 to 11 the running number.
struct SegmentID: Hashable {
    let rawValue: Int64

    private static let seriesShift: Int64 = 12
    private static let hourShift: Int64 = 43
    /// Running numbers of one hour and series.
    static let numbers = 1 << 12
    /// What can be sealed: readings of other times stay as rows.
    static let times = Timestamp(milliseconds: 0)..<Timestamp(milliseconds: (1 << 20) * hourMilliseconds)
    static let hourMilliseconds: Int64 = 3_600_000

    init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// - Parameter hour: since 1970.
    init(hour: Int64, series: SeriesID, number: Int = 0) {
        rawValue = hour << SegmentID.hourShift | Int64(series) << SegmentID.seriesShift | Int64(number)
    }

    var hour: Int64 { rawValue >> SegmentID.hourShift }
    var series: SeriesID { SeriesID(truncatingIfNeeded: rawValue >> SegmentID.seriesShift & 0x7FFF_FFFF) }
    var number: Int { Int(rawValue & Int64(SegmentID.numbers - 1)) }

    /// Those of one series that begin in an hour.
    static func range(hour: Int64, series: SeriesID) -> ClosedRange<Int64> {
        SegmentID(hour: hour, series: series)
            .rawValue...SegmentID(hour: hour, series: series, number: numbers - 1).rawValue
    }

    /// All that begin in some hours.
    static func range(hours: ClosedRange<Int64>) -> ClosedRange<Int64> {
        hours.lowerBound << hourShift...(hours.upperBound << hourShift | (1 << hourShift - 1))
    }

    /// The hour of a time in ``times``; the first or the last for one before or behind.
    static func hour(of time: Timestamp) -> Int64 {
        min(max(time.milliseconds.flooredQuotient(hourMilliseconds), 0), (1 << 20) - 1)
    }
}
