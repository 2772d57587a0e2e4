public import Telemetry

extension GrossRangeLimits {
    /// QARTOD's gross range test: outside the sensor's range 4, outside the plausible range 3, else 1; a value on a
    /// limit passes. Source: `ioos_qc.qartod.gross_range_test`.
    @inlinable
    public func flag(_ value: Double) -> QualityFlag {
        if value.isNaN { return .missing }
        if let fail, value < fail.lowerBound || value > fail.upperBound { return .fail }
        if let suspect, value < suspect.lowerBound || value > suspect.upperBound { return .suspect }
        return .good
    }
}
