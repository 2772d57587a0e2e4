/// The number of a series within this process: dense, from 0, in the order in which series were first seen.
/// Not the number in the database, which outlives the process.
public typealias SeriesNumber = UInt32

/// The number of a series in the database, from 1. It outlives the process.
public typealias SeriesID = Int32

/// One quantity of one device: the unit of storage, quality control and aggregation.
public struct SeriesIdentity: Hashable, Sendable {
    public var device: String
    public var quantity: String

    public init(device: String, quantity: String) {
        self.device = device
        self.quantity = quantity
    }
}

/// All that the rooms need to know of a series; announced once, before its first reading.
public struct Series: Hashable, Sendable {
    public var number: SeriesNumber
    public var device: String
    /// Another name that its messages give for it, such as its DevEUI.
    public var alternateName: String?
    /// With the limits that apply to this device.
    public var quantity: Quantity
    /// The device's kind, from the configuration or the topic: `air_quality`, `traffic`, `waste`. Empty when unknown.
    public var deviceType: String
    /// The expected time between readings in milliseconds, where the configuration tells.
    public var intervalMilliseconds: Int64?
    /// How long after its end a window waits for its readings, where that is longer than for all.
    public var latenessMilliseconds: Int64?
    /// What the device shares with others that stand beside it; empty for one on its own.
    public var site: String
    /// Whose sensors of the same quantity are compared; empty when unknown.
    public var neighbourhood: String

    public var identity: SeriesIdentity { SeriesIdentity(device: device, quantity: quantity.name) }

    public init(
        number: SeriesNumber, device: String, alternateName: String? = nil, quantity: Quantity,
        deviceType: String = "", intervalMilliseconds: Int64? = nil, site: String = "", neighbourhood: String = ""
    ) {
        self.number = number
        self.device = device
        self.alternateName = alternateName
        self.quantity = quantity
        self.deviceType = deviceType
        self.intervalMilliseconds = intervalMilliseconds
        self.site = site
        self.neighbourhood = neighbourhood
    }
}
