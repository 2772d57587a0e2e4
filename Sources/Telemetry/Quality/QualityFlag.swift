/// The verdict on one reading. Source: IOOS QARTOD, flags as in `ioos_qc`.
public enum QualityFlag: UInt8, Sendable, CaseIterable {
    case good = 1
    /// Not evaluated.
    case unknown = 2
    case suspect = 3
    case fail = 4
    case missing = 9

    /// Whether a reading with this flag takes part in an aggregate.
    @inlinable
    public var isUsable: Bool { self == .good || self == .unknown }

    /// The verdict of several tests: the one of highest precedence, in the order 9, 2, 1, 3, 4.
    @inlinable
    public func combined(with other: QualityFlag) -> QualityFlag {
        precedence >= other.precedence ? self : other
    }

    @inlinable
    var precedence: UInt8 {
        switch self {
        case .missing: 0
        case .unknown: 1
        case .good: 2
        case .suspect: 3
        case .fail: 4
        }
    }
}
