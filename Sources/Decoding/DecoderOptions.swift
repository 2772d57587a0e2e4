public import Telemetry

/// What the decoder needs of the configuration.
public struct DecoderOptions: Sendable {
    /// The first that matches a topic takes the message.
    public var sources: [Source]
    public var catalogue: QuantityCatalogue
    public var devices: [DeviceOptions]
    public var unknownDevices: UnknownDevicePolicy
    public var limits: DecoderLimits

    public init(
        sources: [Source], catalogue: QuantityCatalogue = QuantityCatalogue(), devices: [DeviceOptions] = [],
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

/// What a message may demand of the gateway.
public struct DecoderLimits: Sendable, Hashable {
    public var seriesCount = 10_000
    public var payloadBytes = 256 << 10
    /// Of objects and arrays within each other.
    public var depth = 32
    public var readingsInMessage = 1000
    public var deviceNameBytes = DeviceNames.longestBytes

    public init() {}
}
