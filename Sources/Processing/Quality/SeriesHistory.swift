import Telemetry

/// The newest points of a series in the order of their time: what the tests must know to judge the next.
///
/// Bounded: a few points, and as many as a window of the attenuated-signal test holds, at most
/// ``AttenuatedSignalLimits/greatestCount`` and one. A function of the stored readings: see ``HistoryRecall``.
public struct SeriesHistory: Sendable, RandomAccessCollection {
    private var slots: [SeriesPoint] = []
    private var oldest = 0
    public private(set) var count = 0
    /// Points that were ever appended, or recalled.
    private(set) var seriesCount = 0
    var flatStretch = FlatStretch()

    public init() {}

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    /// - Parameter index: from 0, the oldest.
    public subscript(index: Int) -> SeriesPoint {
        precondition(index >= 0 && index < count, "there is no such point in the history")
        return slots[(oldest + index) & (slots.count - 1)]
    }

    mutating func append(_ point: SeriesPoint) {
        if count == slots.count { grow() }
        slots[(oldest + count) & (slots.count - 1)] = point
        count += 1
        seriesCount += 1
    }

    /// Takes in a point that came late, where it belongs; one of a time that is there already is not taken.
    mutating func insert(_ point: SeriesPoint) {
        var points: [SeriesPoint] = self.map { $0 }
        let index = points.firstIndex { $0.time >= point.time } ?? points.endIndex
        if index < points.endIndex, points[index].time == point.time { return }
        points.insert(point, at: index)
        (slots, oldest, count) = ([], 0, 0)
        let ever = seriesCount + 1
        for each in points { self.append(each) }
        seriesCount = ever
    }

    mutating func removeOldest() {
        oldest = (oldest + 1) & (slots.count - 1)
        count -= 1
    }

    private mutating func grow() {
        let points = (0..<count).map { self[$0] }
        let room = Swift.max(4, slots.count * 2) - count
        slots = points + Array(repeating: SeriesPoint(time: .distantPast, value: .nan), count: room)
        oldest = 0
    }
}

extension SeriesHistory {
    /// Twice the median of the intervals between the newest points, in milliseconds; twice, so that the median of an even
    /// number is exact. Nil with fewer than two points.
    var doubledMedianInterval: Int64? {
        let intervalCount = Swift.min(count, SeriesHistory.medianPoints) - 1
        guard intervalCount > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: Int64.self, capacity: intervalCount) { sorted in
            for taken in 0..<intervalCount {
                let index = count - 1 - taken
                let interval = self[index].time.milliseconds(since: self[index - 1].time)
                var place = taken
                while place > 0, sorted[place - 1] > interval {
                    sorted[place] = sorted[place - 1]
                    place -= 1
                }
                sorted[place] = interval
            }
            let (sum, overflow) = sorted[(intervalCount - 1) / 2].addingReportingOverflow(sorted[intervalCount / 2])
            return overflow ? .max : sum
        }
    }

    /// The intervals between so many points make up the median: 31, so that a gap or a burst does not move it.
    static var medianPoints: Int { 32 }
    /// Kept in any case, for what looks at the points themselves or from another series.
    static var leastPoints: Int { 8 }
}
