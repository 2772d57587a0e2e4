/// What a partner gets, and how much of it.
public struct Contract: Hashable, Sendable {
    /// A window is shared if any of them names its series and its tier; with none, nothing is.
    public var rules: [ShareRule]
    public var fields: SharedFields
    /// How long after its end a window waits before it is shared, in milliseconds.
    public var delayMilliseconds: Int64
    /// Counts below it, but for 0, are withheld, and totals from which they could be computed; 1 withholds nothing.
    public var smallestCount: Int
    /// Locations of private devices are moved to the middle of a square with sides of so many metres.
    public var privateGridMetres: Double

    public init(
        rules: [ShareRule], fields: SharedFields = .all, delayMilliseconds: Int64 = 0, smallestCount: Int = 1,
        privateGridMetres: Double = Contract.usualGridMetres
    ) {
        self.rules = rules
        self.fields = fields
        self.delayMilliseconds = delayMilliseconds
        self.smallestCount = smallestCount
        self.privateGridMetres = privateGridMetres
    }

    /// Wide enough that a garden is one of hundreds.
    public static let usualGridMetres = 1000.0

    /// The tiers in which a series' windows are shared.
    public func tiers(of series: SeriesFacts) -> Set<Tier> {
        rules.reduce(into: []) { if $1.names(series) { $0.formUnion($1.tiers) } }
    }
}

/// Names series by what is given of them; what is nil may be anything.
public struct ShareRule: Hashable, Sendable {
    public var quantities: Set<String>?
    public var deviceTypes: Set<String>?
    public var neighbourhoods: Set<String>?
    public var devices: Set<String>?
    /// All must be the device's.
    public var labels: [String: String]
    public var tiers: Set<Tier>

    public init(
        quantities: Set<String>? = nil, deviceTypes: Set<String>? = nil, neighbourhoods: Set<String>? = nil,
        devices: Set<String>? = nil, labels: [String: String] = [:], tiers: Set<Tier>
    ) {
        self.quantities = quantities
        self.deviceTypes = deviceTypes
        self.neighbourhoods = neighbourhoods
        self.devices = devices
        self.labels = labels
        self.tiers = tiers
    }

    public func names(_ series: SeriesFacts) -> Bool {
        (quantities?.contains(series.quantity) ?? true) && (deviceTypes?.contains(series.deviceType) ?? true)
            && (neighbourhoods?.contains(series.neighbourhood) ?? true) && (devices?.contains(series.device) ?? true)
            && labels.allSatisfy { series.labels[$0.key] == $0.value }
    }
}
