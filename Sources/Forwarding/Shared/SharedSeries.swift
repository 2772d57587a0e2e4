public import Telemetry

/// What a partner may know of a series: made once for each partner and series, by its contract.
public final class SharedSeries: Sendable {
    public let id: SeriesID
    /// The gateway's name.
    public let gateway: String
    public let device: String
    /// The device's kind: `air_quality`, `traffic`, `waste`. Empty when unknown.
    public let deviceType: String
    public let quantity: String
    /// A UCUM code.
    public let unit: String
    public let kind: Quantity.Kind
    /// Empty when unknown, like the next.
    public let neighbourhood: String
    public let site: String
    /// Rounded as the contract says, where the site is private.
    public let location: SharedLocation?

    public init(
        id: SeriesID, gateway: String, device: String, deviceType: String, quantity: String, unit: String,
        kind: Quantity.Kind, neighbourhood: String = "", site: String = "", location: SharedLocation? = nil
    ) {
        self.id = id
        self.gateway = gateway
        self.device = device
        self.deviceType = deviceType
        self.quantity = quantity
        self.unit = unit
        self.kind = kind
        self.neighbourhood = neighbourhood
        self.site = site
        self.location = location
    }
}
