/// What the gateway knows of a stored series, by which a contract chooses.
public struct SeriesFacts: Hashable, Sendable {
    public var id: SeriesID
    public var device: String
    public var deviceType: String
    public var quantity: String
    public var unit: String
    public var kind: Quantity.Kind
    public var neighbourhood: String
    public var site: String
    public var labels: [String: String]
    /// Degrees, WGS 84, as the configuration has them.
    public var location: (latitude: Double, longitude: Double)? {
        get { coordinates.map { ($0.latitude, $0.longitude) } }
        set { coordinates = newValue.map { Coordinates(latitude: $0.latitude, longitude: $0.longitude) } }
    }
    /// Whether it stands in somebody's garden or house: its location is for nobody.
    public var isPrivate: Bool
    /// Whether each reading is of one passer-by, as speeds of single vehicles are: then their number is a count, too.
    public var isOfPassings: Bool

    private var coordinates: Coordinates?

    private struct Coordinates: Hashable, Sendable {
        var latitude: Double
        var longitude: Double
    }

    public init(
        id: SeriesID, device: String, deviceType: String = "", quantity: String, unit: String, kind: Quantity.Kind,
        neighbourhood: String = "", site: String = "", labels: [String: String] = [:], isPrivate: Bool = false,
        isOfPassings: Bool = false
    ) {
        self.id = id
        self.device = device
        self.deviceType = deviceType
        self.quantity = quantity
        self.unit = unit
        self.kind = kind
        self.neighbourhood = neighbourhood
        self.site = site
        self.labels = labels
        self.isPrivate = isPrivate
        self.isOfPassings = isOfPassings
    }

    /// How many people, vehicles or openings a window of this series stands for; nil for what is no count: a temperature, or
    /// millimetres of rain.
    public func counted(in aggregate: Aggregate) -> Double? {
        switch kind {
        case .counter: unit == "1" ? aggregate.increase?.total : nil
        case .intervalCount: unit == "1" ? aggregate.sum : nil
        case .event: Double(aggregate.count)
        case .gauge, .circular: isOfPassings ? Double(aggregate.count) : nil
        }
    }

    /// The figures that tell how much was counted in a window and nothing of single readings: of a counter these are what it
    /// showed, of which two windows tell what was counted between them; of the others a count of a shorter time, or a passer-by.
    public var fieldsOfCounts: SharedFields {
        let harmless: [SharedField] = [
            .count, .suspect, .fail, .expected, .coverage, .valid, .sum, .increase, .resets, .wraps,
        ]
        switch kind {
        case .counter, .event: return SharedFields(harmless)
        case .intervalCount: return SharedFields(harmless + [.mean])
        case .gauge, .circular:
            return SharedFields(harmless + [.mean, .standardDeviation, .p50, .p85, .p95, .resultant])
        }
    }

    /// Whether ``counted(in:)`` may give something.
    public var isCounted: Bool {
        switch kind {
        case .counter, .intervalCount: unit == "1"
        case .event: true
        case .gauge, .circular: isOfPassings
        }
    }
}
