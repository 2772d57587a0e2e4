/// A QARTOD test that Poort can run on a reading. The raw value is its place in ``QualityTests`` and is stored: never
/// renumber.
public enum QualityTest: UInt8, Sendable, CaseIterable {
    case grossRange = 0

    /// The name in configuration and output, as in `ioos_qc`.
    public var name: String {
        switch self {
        case .grossRange: "gross_range"
        }
    }
}

/// The flag of every test that was run on one reading: four bits a test, 0 where the test was not run.
public struct QualityTests: Hashable, Sendable {
    /// What is stored. At most 15 tests, so that the sign bit stays clear.
    public var bits: Int64

    @inlinable
    public init(bits: Int64 = 0) {
        self.bits = bits
    }

    @inlinable
    public subscript(test: QualityTest) -> QualityFlag? {
        get { QualityFlag(rawValue: UInt8(truncatingIfNeeded: bits >> (Int64(test.rawValue) * 4) & 0xF)) }
        set {
            let shift = Int64(test.rawValue) * 4
            bits = bits & ~(0xF << shift) | Int64(newValue?.rawValue ?? 0) << shift
        }
    }

    /// The verdict of all tests together; ``QualityFlag/unknown`` where none was run.
    public var combined: QualityFlag {
        var verdict: QualityFlag?
        for test in QualityTest.allCases {
            guard let flag = self[test] else { continue }
            verdict = verdict?.combined(with: flag) ?? flag
        }
        return verdict ?? .unknown
    }
}
