public import Telemetry

/// A device that the configuration knows.
public struct DeviceOptions: Sendable, Hashable {
    public var id: String
    /// Other names under which it sends, such as its DevEUI.
    public var aliases: [String]
    public var type: String
    public var intervalMilliseconds: Int64?
    /// Limits for this device, by quantity, in place of the quantity's own.
    public var grossRanges: [String: GrossRangeLimits]
    /// What this device changes of the other tests' limits, by quantity.
    public var limitChanges: [String: QualityLimitChanges]
    /// For waste containers whose sensor reports a distance.
    public var geometry: ContainerGeometry?
    /// What it shares with the devices that stand beside it; empty for one on its own.
    public var site: String
    /// Empty when unknown.
    public var neighbourhood: String

    public init(
        id: String, aliases: [String] = [], type: String = "", intervalMilliseconds: Int64? = nil,
        grossRanges: [String: GrossRangeLimits] = [:], limitChanges: [String: QualityLimitChanges] = [:],
        geometry: ContainerGeometry? = nil, site: String = "", neighbourhood: String = ""
    ) {
        self.id = id
        self.aliases = aliases
        self.type = type
        self.intervalMilliseconds = intervalMilliseconds
        self.grossRanges = grossRanges
        self.limitChanges = limitChanges
        self.geometry = geometry
        self.site = site
        self.neighbourhood = neighbourhood
    }
}
