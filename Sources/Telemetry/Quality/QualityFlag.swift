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
}
