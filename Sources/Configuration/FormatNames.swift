import Telemetry

/// What else people call the formats, after products, firmwares and standards, too far from their names in spelling.
enum FormatNames {
    static let others: [String: String] = [
        "ttn": .theThingsStackV3, "tts": .theThingsStackV3, "ttn-v3": .theThingsStackV3,
        "the-things-network": .theThingsStackV3, "lora": .theThingsStackV3, "lorawan": .theThingsStackV3,
        "ttn-v2": .theThingsNetworkV2,
        "chirpstack": .chirpStackV4, "chirpstack-v3": .chirpStackV4, "loraserver": .chirpStackV4,
        "cayenne": .cayenneLPP, "lpp": .cayenneLPP, "cayennelpp": .cayenneLPP,
        "influx": .lineProtocol, "influxdb": .lineProtocol, "telegraf": .lineProtocol,
        "influx-line-protocol": .lineProtocol,
        "ngsi": .smartDataModels, "ngsi-ld": .smartDataModels, "fiware": .smartDataModels, "orion": .smartDataModels,
        "airrohr": .sensorCommunity, "luftdaten": .sensorCommunity, "sds011": .sensorCommunity,
        "samen-meten": .sensorCommunity,
        "z2m": .zigbee2MQTT, "zigbee": .zigbee2MQTT,
        "shelly": .shellyGen2, "sonoff": .tasmota,
        "sparkplug": .sparkplugB, "spb": .sparkplugB, "tahu": .sparkplugB,
        "rfc8428": .senML,
        "text": .scalar, "plain": .scalar, "number": .scalar, "raw": .scalar, "value": .scalar, "string": .scalar,
        "generic": .json, "object": .json,
    ].mapValues { (format: PayloadFormat) in format.rawValue }
}
