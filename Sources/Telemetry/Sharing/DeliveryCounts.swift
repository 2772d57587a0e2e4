/// What became of the changes that a partner was to get, each of which is counted in one place.
public struct DeliveryCounts: Hashable, Sendable {
    /// The partner has it.
    public var delivered = 0
    /// Its server does not want it; it is set aside with the server's words.
    public var refused = 0
    /// The contract does not share it.
    public var outside = 0
    /// It would tell of few people, or let that be computed.
    public var withheld = 0
    /// A newer revision of it was there before it was its turn, and goes in its place.
    public var replaced = 0
    /// It was not there any more when it was its turn, or had waited longer than is kept for the partner.
    public var expired = 0

    public init() {}

    public init(
        delivered: Int = 0, refused: Int = 0, outside: Int = 0, withheld: Int = 0, replaced: Int = 0, expired: Int = 0
    ) {
        self.delivered = delivered
        self.refused = refused
        self.outside = outside
        self.withheld = withheld
        self.replaced = replaced
        self.expired = expired
    }

    /// All that is settled.
    public var total: Int { delivered + refused + outside + withheld + replaced + expired }

    public mutating func add(_ other: DeliveryCounts) {
        for outcome in DeliveryOutcome.allCases { self[outcome] += other[outcome] }
    }

    public subscript(outcome: DeliveryOutcome) -> Int {
        get {
            switch outcome {
            case .delivered: delivered
            case .refused: refused
            case .outside: outside
            case .withheld: withheld
            case .replaced: replaced
            case .expired: expired
            }
        }
        set {
            switch outcome {
            case .delivered: delivered = newValue
            case .refused: refused = newValue
            case .outside: outside = newValue
            case .withheld: withheld = newValue
            case .replaced: replaced = newValue
            case .expired: expired = newValue
            }
        }
    }
}

/// How a change to the aggregates may end for a partner. The raw value stands in the ledger.
public enum DeliveryOutcome: String, Sendable, Hashable, CaseIterable {
    case delivered
    case refused
    case outside
    case withheld
    case replaced
    case expired
}

/// A partner's account.
public struct PartnerLedger: Hashable, Sendable {
    public var partner: String
    /// Windows that were closed or corrected since the partner was entered.
    public var closed: Int
    public var counts = DeliveryCounts()
    public var pending: Int
    /// Rows that went out a second time, since no answer had come to the first. Not in the balance.
    public var repeated = 0

    public init(partner: String, closed: Int, pending: Int) {
        self.partner = partner
        self.closed = closed
        self.pending = pending
    }

    /// The promise: closed = delivered + refused + outside + withheld + replaced + expired + pending.
    public var isBalanced: Bool { closed == counts.total + pending }
}
