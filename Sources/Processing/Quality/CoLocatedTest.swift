public import Telemetry

extension CoLocatedLimits {
    /// Whether what was measured beside at that time makes a reading suspect.
    /// - Parameter reference: the other series' last point at or before the reading, within its own gross range.
    /// - Returns: 9 for a missing value, 2 without a reference that is recent enough.
    public func flag(_ point: SeriesPoint, reference: SeriesPoint?) -> QualityFlag {
        CoLocatedLimits.flag(point, reference: reference, above: above, ageMilliseconds: ageMilliseconds)
    }

    /// As ``flag(_:reference:)``, where the limits' numbers alone are at hand.
    static func flag(
        _ point: SeriesPoint, reference: SeriesPoint?, above: Double, ageMilliseconds: Int64
    ) -> QualityFlag {
        if point.isMissing { return .missing }
        guard let reference, !reference.isMissing,
            (0...max(0, ageMilliseconds)).contains(point.time.milliseconds(since: reference.time))
        else { return .unknown }
        return reference.value > above ? .suspect : .good
    }
}
