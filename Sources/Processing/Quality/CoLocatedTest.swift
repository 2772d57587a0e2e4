public import Telemetry

extension CoLocatedLimits {
    /// Whether what was measured beside at that time makes a reading suspect.
    /// - Parameter reference: the other series' last point at or before the reading, within its own gross range.
    /// - Returns: 9 for a missing value, 2 without a reference that is recent enough.
    public func flag(_ point: SeriesPoint, reference: SeriesPoint?) -> QualityFlag {
        if point.isMissing { return .missing }
        guard let reference, !reference.isMissing, applies(to: point.time, from: reference.time) else {
            return .unknown
        }
        return reference.value > above ? .suspect : .good
    }

    /// Whether a measurement may speak for a reading of that time.
    public func applies(to time: Timestamp, from reference: Timestamp) -> Bool {
        (0...max(0, ageMilliseconds)).contains(time.milliseconds(since: reference))
    }
}
