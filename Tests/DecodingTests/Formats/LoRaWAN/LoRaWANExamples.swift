import Decoding
import Telemetry

/// What the suites about network servers share: documented messages, and decoders for them.
enum LoRaWANExamples {
    /// From The Things Network's documentation, applications/mqtt/api; the comments are left out.
    static let theThingsNetworkV2 =
        #"{"app_id":"my-app-id","dev_id":"my-dev-id","hardware_serial":"0102030405060708","port":1,"counter":2,"#
        + #""is_retry":false,"confirmed":false,"payload_raw":"AQIDBA==","payload_fields":{"temperature":21.5},"#
        + #""metadata":{"airtime":46336000,"time":"2018-11-23T10:00:00Z","frequency":868.1,"modulation":"LORA","#
        + #""data_rate":"SF7BW125","coding_rate":"4/5","gateways":[{"gtw_id":"ttn-herengracht-ams","timestamp":12345,"#
        + #""time":"2018-11-23T09:59:59.5Z","channel":0,"rssi":-25,"snr":5,"rf_chain":0}]}}"#

    /// From chirpstack-docs, integrations/events.md, with what a codec adds.
    static let chirpStackUp =
        #"{"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"2022-07-18T09:34:15.775023242+00:00","#
        + #""deviceInfo":{"deviceName":"Test device","devEui":"0101010101010101","tags":{"key":"value"}},"#
        + #""devAddr":"00189440","dr":1,"fPort":1,"data":"qg==","object":{"temperature":21.5},"#
        + #""rxInfo":[{"gatewayId":"0016c001f153a14c","rssi":-36,"snr":10.5}],"#
        + #""txInfo":{"modulation":{"lora":{"spreadingFactor":11}}}}"#

    static let chirpStackStatus =
        #"{"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"2022-07-18T09:34:15.775023242+00:00","#
        + #""deviceInfo":{"deviceName":"Test device","devEui":"0101010101010101"},"margin":10,"batteryLevel":88.3}"#

    static let theThingsNetworkTopic = "my-app-id/devices/my-dev-id/up"
    static let chirpStackTopic = "application/17c82e96/device/0101010101010101/event/up"

    static func source(
        _ topic: String, _ format: PayloadFormat, values: [(String, String)] = [], units: [String: String] = [:],
        includesRadio: Bool = false
    ) -> Source {
        Source(
            topic: TopicTemplate(topic)!, format: format,
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) }, units: units,
            includesRadio: includesRadio)
    }

    /// The text with a piece of it replaced; the piece must be there.
    static func changed(_ old: String, _ new: String, in text: String) -> String {
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "no \(old) in the example")
        return parts[0] + new + parts[1]
    }

    /// JSON values that stand where others are expected.
    static let wrongValues = [
        "null", "true", "0", "-1", "1e300", "18446744073709551615", #""""#, #""text""#, #""\u0000""#, "[]", "{}",
        "[[[]]]",
        #"{"a":{"b":{"c":{"d":{"temperature":1}}}}}"#, #"[{"time":1,"rssi":"x"},null,7]"#,
    ]
}
