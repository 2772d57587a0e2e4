public import Privacy
public import Telemetry

/// What the decoder needs of the configuration.
public struct DecoderOptions: Sendable {
    /// The first that matches a topic takes the message.
    public var sources: [Source]
    public var catalogue: QuantityCatalogue
    public var devices: [DeviceOptions]
    public var unknownDevices: UnknownDevicePolicy
    public var limits: DecoderLimits
    /// Names of keys whose values are personal, beside those that are built in.
    public var personalKeys: [String]

    public init(
        sources: [Source], catalogue: QuantityCatalogue = QuantityCatalogue(), devices: [DeviceOptions] = [],
        unknownDevices: UnknownDevicePolicy = .accept, limits: DecoderLimits = DecoderLimits(),
        personalKeys: [String] = []
    ) {
        self.sources = sources
        self.catalogue = catalogue
        self.devices = devices
        self.unknownDevices = unknownDevices
        self.limits = limits
        self.personalKeys = personalKeys
    }
}

extension DecoderOptions {
    /// For what is kept or shown of a message. What the configuration names is not masked: devices, levels of topics, and
    /// keys that it reads.
    public var personalDataMask: PersonalDataMask {
        let levels = sources.flatMap { $0.topic.text.split(separator: "/").map(String.init) }
        let keys = sources.flatMap { source in
            let paths = source.paths
            let all = [paths.value, paths.time, paths.unit, paths.device, paths.quantity].compactMap(\.self)
            return (all + source.values.map(\.path)).flatMap(\.keys)
        }
        let quantities = catalogue.quantities.keys
        return PersonalDataMask(
            furtherKeys: personalKeys, readKeys: keys + quantities.map { Array($0.utf8) },
            knownNames: levels + quantities + keys.map { String(decoding: $0, as: UTF8.self) }
                + devices.flatMap { [$0.id] + $0.aliases })
    }
}

extension JSONPath {
    fileprivate var keys: [[UInt8]] {
        steps.compactMap { step in if case .key(let key) = step { key } else { nil } }
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
