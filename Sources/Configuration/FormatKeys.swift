import Telemetry

/// Which keys of a `[[source]]` mean something for a format, and what it cannot do without.
struct FormatKeys {
    /// Of ``all``.
    var known: Set<String> = []
    /// The payload does not name the device.
    var needsDevice = false
    /// What `#` at the end of the topic stands for names the device too.
    var restNamesDevice = false
    /// The payload does not name its quantities.
    var needsQuantity = false
    var timeWithoutOffset = TimeWithoutOffset.refused

    static let all = ["value", "time", "unit", "device", "quantity", "time_without_offset", "radio"]

    init(_ format: PayloadFormat) {
        switch format {
        case .json:
            known = ["value", "time", "unit", "device", "quantity", "time_without_offset"]
            needsDevice = true
            needsQuantity = true
        case .scalar:
            needsDevice = true
            needsQuantity = true
        case .theThingsStackV3, .theThingsNetworkV2, .chirpStackV4: known = ["radio"]
        case .tasmota:
            known = ["time_without_offset"]
            needsDevice = true
            timeWithoutOffset = .local
        case .telraam:
            known = ["device", "time_without_offset"]
            needsDevice = true
        case .cayenneLPP: needsDevice = true
        case .lineProtocol:
            known = ["device"]
            needsDevice = true
        case .smartDataModels:
            known = ["time_without_offset"]
            // "ISO8601 UTC format", say the models of `dateObserved`; their examples leave the offset out.
            timeWithoutOffset = .utc
        case .zigbee2MQTT:
            needsDevice = true
            restNamesDevice = true
        case .senML, .sensorCommunity, .shellyGen2, .sparkplugB: break
        }
    }
}
