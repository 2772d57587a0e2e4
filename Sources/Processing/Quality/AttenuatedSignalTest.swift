public import Telemetry

extension AttenuatedSignalLimits {
    /// The longest window that is followed, in points; with more the test is not evaluated.
    public static let greatestCount = 4095

    /// QARTOD's attenuated-signal test over points in the order of their time, as for its last one.
    /// Source: `ioos_qc.qartod.attenuated_signal_test`.
    /// - Returns: 9 when the last value is missing; 2 with too few values, or more than ``greatestCount``.
    public func flag<Points: RandomAccessCollection<SeriesPoint>>(_ points: Points) -> QualityFlag
    where Points.Index == Int {
        flag(points, from: points.startIndex)
    }

    /// As for the last point of a series: over those that are not older than the window.
    func flag<Points: RandomAccessCollection<SeriesPoint>>(endOf points: Points) -> QualityFlag
    where Points.Index == Int {
        guard let last = points.last else { return .unknown }
        var first = points.startIndex
        while first < points.endIndex, !isInside(points[first].time, of: last.time) { first += 1 }
        return flag(points, from: first)
    }

    /// Whether a point counts for a later one: the window is open where it begins.
    func isInside(_ time: Timestamp, of end: Timestamp) -> Bool { end.milliseconds(since: time) < windowMilliseconds }

    private func flag<Points: RandomAccessCollection<SeriesPoint>>(_ points: Points, from first: Int) -> QualityFlag
    where Points.Index == Int {
        guard let last = points.last else { return .unknown }
        if last.isMissing { return .missing }
        if points.endIndex - first > AttenuatedSignalLimits.greatestCount { return .unknown }
        guard let count = countUnlessLively(points, from: first) else { return .good }
        if count < max(1, minimumReadings) { return .unknown }
        return level(of: spread(of: points, from: first, count: count))
    }

    /// A lively signal shows it within few points, the newest first: the squared deviations of some points from their own
    /// mean never exceed those of all from theirs, nor does a part's range that of the whole.
    /// - Returns: how many values there are; nil when they vary enough.
    private func countUnlessLively<Points: RandomAccessCollection<SeriesPoint>>(
        _ points: Points, from first: Int
    ) -> Int? where Points.Index == Int {
        let limit = max(suspect ?? 0, fail ?? 0)
        let enough = limit * limit * Double(points.endIndex - first) * 1.000_001
        let newest = points[points.endIndex - 1].value
        var (lowest, highest, sum, squares) = (0.0, 0.0, 0.0, 0.0)
        var count = 0
        for index in (first..<points.endIndex).reversed() where !points[index].isMissing {
            let distance = points[index].value - newest
            count += 1
            let isLively: Bool
            switch measure {
            case .range:
                lowest = min(lowest, distance)
                highest = max(highest, distance)
                isLively = highest - lowest >= limit * 1.000_001
            case .standardDeviation:
                sum += distance
                squares += distance * distance
                isLively = squares * Double(count) - sum * sum >= enough * Double(count)
            }
            if isLively, squares.isFinite, count >= max(1, minimumReadings) { return nil }
        }
        return count
    }

    private func level(of spread: Double) -> QualityFlag {
        if spread.isNaN { return .unknown }
        if let fail, spread < fail { return .fail }
        if let suspect, spread < suspect { return .suspect }
        return .good
    }

    private func spread<Points: RandomAccessCollection<SeriesPoint>>(
        of points: Points, from first: Int, count: Int
    ) -> Double where Points.Index == Int {
        switch measure {
        case .range: range(of: points, from: first)
        case .standardDeviation: standardDeviation(of: points, from: first, count: count)
        }
    }

    private func range<Points: RandomAccessCollection<SeriesPoint>>(of points: Points, from first: Int) -> Double
    where Points.Index == Int {
        var (low, high) = (Double.infinity, -Double.infinity)
        for index in first..<points.endIndex where !points[index].isMissing {
            low = min(low, points[index].value)
            high = max(high, points[index].value)
        }
        return high - low
    }

    /// In two passes, from the oldest on, so that the same points always give the same bits.
    private func standardDeviation<Points: RandomAccessCollection<SeriesPoint>>(
        of points: Points, from first: Int, count: Int
    ) -> Double where Points.Index == Int {
        var sum = 0.0
        for index in first..<points.endIndex where !points[index].isMissing { sum += points[index].value }
        let mean = sum / Double(count)
        var squares = 0.0
        for index in first..<points.endIndex where !points[index].isMissing {
            let deviation = points[index].value - mean
            squares += deviation * deviation
        }
        return (squares / Double(count)).squareRoot()
    }
}
