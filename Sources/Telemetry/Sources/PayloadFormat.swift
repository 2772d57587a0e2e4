/// How payloads are written, by the names that the configuration uses.
public enum PayloadFormat: String, Sendable, CaseIterable, Hashable {
    /// Values at configured paths, or a payload that is one JSON number.
    case json
    /// A payload that is nothing but a number or a state in plain text.
    case scalar
    case theThingsStackV3 = "the-things-stack-v3"
    case theThingsNetworkV2 = "the-things-network-v2"
    case chirpStackV4 = "chirpstack-v4"
    /// RFC 8428, in JSON.
    case senML = "senml"
    /// airRohr firmware.
    case sensorCommunity = "sensor-community"
    case telraam
    case tasmota
    case zigbee2MQTT = "zigbee2mqtt"
    case shellyGen2 = "shelly-gen2"
    case cayenneLPP = "cayenne-lpp"
    /// InfluxDB's.
    case lineProtocol = "line-protocol"
    /// NGSI-LD entities of the Smart Data Models programme.
    case smartDataModels = "smart-data-models"
    case sparkplugB = "sparkplug-b"
}
