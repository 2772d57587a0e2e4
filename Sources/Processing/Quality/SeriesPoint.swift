public import Telemetry

/// A reading as the tests see it: when, and how much.
public struct SeriesPoint: Hashable, Sendable {
    public var time: Timestamp
    /// Not finite where there is a time and no value, as QARTOD's masked points.
    public var value: Double

    @inlinable
    public init(time: Timestamp, value: Double) {
        self.time = time
        self.value = value
    }

    @inlinable
    public var isMissing: Bool { !value.isFinite }
}

extension Timestamp {
    /// The distance in milliseconds, the largest there is where it is larger.
    func milliseconds(since earlier: Timestamp) -> Int64 {
        let (distance, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return overflow ? (milliseconds < 0 ? .min : .max) : distance
    }
}

extension QualityFlag {
    /// Above `fail` 4, above `suspect` 3, else 1; a limit itself passes, and nil is never exceeded.
    static func level(of measure: Double, suspect: Double?, fail: Double?) -> QualityFlag {
        if let fail, measure > fail { return .fail }
        if let suspect, measure > suspect { return .suspect }
        return .good
    }
}
