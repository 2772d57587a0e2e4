public import Telemetry

extension FlatLineLimits {
    /// The longest stretch that is followed, in points.
    public static let greatestCount = 10_000

    /// QARTOD's flat-line test, for one point. Source: `ioos_qc.qartod.flat_line_test`.
    ///
    /// A window of a point and the `count` before it is flat when, and only when, the longest flat stretch that ends with
    /// the point reaches as far back.
    /// - Parameters:
    ///   - reach: how many points before this one its flat stretch has; -1 where even one point is none, since the
    ///     tolerance is 0.
    ///   - seriesCount: of points so far; a series of fewer than three is not judged.
    ///   - doubledInterval: twice the interval in milliseconds, nil when there is none yet.
    func flag(isMissing: Bool, reach: Int, seriesCount: Int, doubledInterval: Int64?) -> QualityFlag {
        if seriesCount < 3 { return .good }
        if isMissing { return .missing }
        let fails = isReached(failMilliseconds, reach: reach, doubledInterval: doubledInterval)
        if fails == true { return .fail }
        let isSuspect = isReached(suspectMilliseconds, reach: reach, doubledInterval: doubledInterval)
        if isSuspect == true { return .suspect }
        return fails == nil || isSuspect == nil ? .unknown : .good
    }

    /// - Returns: nil when the stretch is longer than is followed and yet not as long as the limit.
    private func isReached(_ limit: Int64?, reach: Int, doubledInterval: Int64?) -> Bool? {
        guard let limit, let doubledInterval, doubledInterval > 0, reach >= 0 else { return false }
        let (doubledLimit, overflow) = limit.multipliedReportingOverflow(by: 2)
        let count = max(overflow ? .max : Int(doubledLimit / doubledInterval), minimumReadings - 1)
        if reach >= count { return true }
        return reach >= FlatLineLimits.greatestCount ? nil : false
    }

    /// Whether the interval decides: not while fewer values are the same than any limit asks for.
    func needsInterval(reach: Int) -> Bool { reach >= max(0, minimumReadings - 1) }
}
