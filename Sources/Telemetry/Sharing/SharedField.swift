/// A figure of an aggregate that may be shared. The raw value is its place in ``SharedFields``.
public enum SharedField: UInt8, Sendable, Hashable, CaseIterable {
    case count
    case suspect
    case fail
    case expected
    case coverage
    case valid
    case mean
    case minimum
    case maximum
    case minimumTime
    case maximumTime
    case standardDeviation
    case first
    case last
    case p50
    case p85
    case p95
    case sum
    case increase
    case resets
    case wraps
    case increaseSince
    case resultant

    /// As in the configuration and in all output.
    public var name: String {
        switch self {
        case .count: "count"
        case .suspect: "suspect"
        case .fail: "fail"
        case .expected: "expected"
        case .coverage: "coverage"
        case .valid: "valid"
        case .mean: "mean"
        case .minimum: "min"
        case .maximum: "max"
        case .minimumTime: "min_time"
        case .maximumTime: "max_time"
        case .standardDeviation: "stddev"
        case .first: "first"
        case .last: "last"
        case .p50: "p50"
        case .p85: "p85"
        case .p95: "p95"
        case .sum: "sum"
        case .increase: "increase"
        case .resets: "resets"
        case .wraps: "wraps"
        case .increaseSince: "increase_since"
        case .resultant: "resultant"
        }
    }

    public init?(name: String) {
        guard let field = SharedField.allCases.first(where: { $0.name == name }) else { return nil }
        self = field
    }

    /// A figure's value, which is absent where an aggregate has none.
    public enum Value: Hashable, Sendable {
        case number(Double)
        case integer(Int)
        case boolean(Bool)
        case time(Timestamp)
    }
}

/// Which figures are shared.
public struct SharedFields: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public init(_ fields: some Sequence<SharedField>) {
        self.init(rawValue: fields.reduce(0) { $0 | 1 << UInt32($1.rawValue) })
    }

    public static let all = SharedFields(SharedField.allCases)

    public var includesPercentiles: Bool { contains(.p50) || contains(.p85) || contains(.p95) }

    public func contains(_ field: SharedField) -> Bool { rawValue >> UInt32(field.rawValue) & 1 != 0 }
}
