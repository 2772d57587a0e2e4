public import Telemetry

/// What the decoder needs of the configuration.
public struct DecoderOptions: Sendable {
    /// The first that matches a topic takes the message.
    public var sources: [SourceOptions]
    public var catalogue: QuantityCatalogue
    public var devices: [DeviceOptions]
    public var unknownDevices: UnknownDevicePolicy
    public var limits: DecoderLimits

    public init(
        sources: [SourceOptions], catalogue: QuantityCatalogue = QuantityCatalogue(), devices: [DeviceOptions] = [],
        unknownDevices: UnknownDevicePolicy = .accept, limits: DecoderLimits = DecoderLimits()
    ) {
        self.sources = sources
        self.catalogue = catalogue
        self.devices = devices
        self.unknownDevices = unknownDevices
        self.limits = limits
    }
}

public enum UnknownDevicePolicy: String, Sendable, CaseIterable {
    case accept
    case quarantine
}

/// A kind of message: where it comes and how it is read.
public struct SourceOptions: Sendable {
    /// As in the ledger.
    public var name: String
    public var topic: TopicTemplate
    public var format: Format
    /// The expected time between a series' readings, for devices that say nothing else.
    public var intervalMilliseconds: Int64?

    /// Held by reference: a message's decoder takes its format's options as a whole, without copying their paths.
    public enum Format: Sendable {
        case json(JSONFormatOptions)
        case theThingsStack(TheThingsStackOptions)
    }

    public init(name: String? = nil, topic: TopicTemplate, format: Format, intervalMilliseconds: Int64? = nil) {
        self.name = name ?? topic.text
        self.topic = topic
        self.format = format
        self.intervalMilliseconds = intervalMilliseconds
    }
}

/// How flexible JSON is read. Paths lead into the payload.
public final class JSONFormatOptions: Sendable {
    /// The value of a message with a single reading.
    public let value: JSONPath?
    /// The values of a message with several readings, by quantity.
    public let values: [NamedPath]
    public let time: JSONPath?
    public let unit: JSONPath?
    public let device: JSONPath?
    public let quantity: JSONPath?
    /// The unit in which a quantity arrives, where the payload does not say.
    public let units: [String: String]

    public init(
        value: JSONPath? = nil, values: [NamedPath] = [], time: JSONPath? = nil, unit: JSONPath? = nil,
        device: JSONPath? = nil, quantity: JSONPath? = nil, units: [String: String] = [:]
    ) {
        self.value = value
        self.values = values
        self.time = time
        self.unit = unit
        self.device = device
        self.quantity = quantity
        self.units = units
    }
}

/// A quantity and where its value stands.
public struct NamedPath: Sendable, Hashable {
    public var quantity: String
    public var path: JSONPath

    public init(quantity: String, path: JSONPath) {
        self.quantity = quantity
        self.path = path
    }
}

/// How uplinks of The Things Stack v3 are read.
public final class TheThingsStackOptions: Sendable {
    /// Where quantities stand in `decoded_payload`; when empty, every number whose name is known.
    public let values: [NamedPath]
    public let units: [String: String]
    /// Whether signal strength and signal-to-noise ratio of the best gateway are readings too.
    public let includesRadio: Bool

    public init(values: [NamedPath] = [], units: [String: String] = [:], includesRadio: Bool = false) {
        self.values = values
        self.units = units
        self.includesRadio = includesRadio
    }
}

/// A device that the configuration knows.
public struct DeviceOptions: Sendable, Hashable {
    public var id: String
    public var type: String
    public var intervalMilliseconds: Int64?
    /// Limits for this device, by quantity, in place of the quantity's own.
    public var grossRanges: [String: GrossRangeLimits]

    public init(
        id: String, type: String = "", intervalMilliseconds: Int64? = nil,
        grossRanges: [String: GrossRangeLimits] = [:]
    ) {
        self.id = id
        self.type = type
        self.intervalMilliseconds = intervalMilliseconds
        self.grossRanges = grossRanges
    }
}

/// What a message may demand of the gateway.
public struct DecoderLimits: Sendable, Hashable {
    public var seriesCount = 10_000
    public var payloadBytes = 256 << 10
    public var depth = 32
    public var readingsInMessage = 1000
    public var deviceNameBytes = 128

    public init() {}
}
