/// What became of messages and of readings, each of which is counted in exactly one place.
public struct LedgerCounts: Hashable, Sendable {
    public var received = 0
    public var stored = 0
    public var duplicate = 0
    public var quarantined = 0
    /// Let go by rule, by reason.
    public var rejected: [RejectionReason: Int] = [:]

    public init() {}

    public var rejectedTotal: Int { rejected.values.reduce(0, +) }

    /// The promise: everything that came in is accounted for.
    public var isBalanced: Bool { received == stored + duplicate + quarantined + rejectedTotal }

    public mutating func add(_ other: LedgerCounts) {
        received += other.received
        stored += other.stored
        duplicate += other.duplicate
        quarantined += other.quarantined
        rejected.merge(other.rejected, uniquingKeysWith: +)
    }
}

/// One source's account.
public struct SourceLedger: Hashable, Sendable {
    public var source: String
    public var messages = LedgerCounts()
    public var readings = LedgerCounts()

    public init(source: String) {
        self.source = source
    }

    /// The account of messages whose topic matches no source.
    public static let unmatched = "(no source)"

    public var isBalanced: Bool { messages.isBalanced && readings.isBalanced }
}
