import Telemetry

/// Ranges of segment numbers in which what is asked for must lie, in ascending order.
///
/// Few series are looked up in each hour by their key; of many, all that lies between is passed.
struct SegmentKeys {
    private let series: [SeriesID]?
    private let hours: ClosedRange<Int64>
    private var hour: Int64
    private var place = 0

    /// - Parameters:
    ///   - hours: in which a segment may begin.
    ///   - seriesCount: how many the file has.
    init(hours: ClosedRange<Int64>, series: [SeriesID]?, seriesCount: Int) {
        self.hours = hours
        hour = hours.lowerBound
        // A step to the next segment reads about a fourth of a page, a look by the key one.
        let isFew = (series?.count ?? .max) <= max(1, seriesCount / 4)
        self.series = isFew ? series : nil
    }

    mutating func next() -> ClosedRange<Int64>? {
        guard hour <= hours.upperBound else { return nil }
        guard let series else {
            hour = hours.upperBound + 1
            return SegmentID.range(hours: hours)
        }
        guard place < series.count else {
            place = 0
            hour += 1
            return next()
        }
        place += 1
        return SegmentID.range(hour: hour, series: series[place - 1])
    }

    /// The hours in which segments begin that may hold a reading of this stretch of time.
    static func hours(first: Int64, last: Int64) -> ClosedRange<Int64> {
        let begin = max(SegmentID.hour(of: Timestamp(milliseconds: first)) - StoredSegment.greatestSpanHours, 0)
        return begin...max(begin, SegmentID.hour(of: Timestamp(milliseconds: last)))
    }
}
