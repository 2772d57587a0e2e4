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

extension Reading {
    /// Runs the tests that need no other reading, and sets the flags.
    @inlinable
    public mutating func applyTests(of quantity: Quantity) {
        guard let limits = quantity.grossRange else { return }
        let verdict = limits.flag(value)
        tests[.grossRange] = verdict
        flag = verdict
    }
}
