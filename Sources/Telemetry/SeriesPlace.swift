/// Where a series is measured, by which it has neighbours.
public struct SeriesPlace: Hashable, Sendable {
    public var device: String
    public var quantity: String
    public var unit: String
    /// What several devices share that stand together; empty for a device on its own.
    public var site: String
    /// Empty where the configuration names none.
    public var neighbourhood: String

    public init(device: String, quantity: String, unit: String, site: String = "", neighbourhood: String = "") {
        self.device = device
        self.quantity = quantity
        self.unit = unit
        self.site = site
        self.neighbourhood = neighbourhood
    }
}
