import Decoding
import Telemetry
import Testing

@Suite("The Things Network v2")
struct TheThingsNetworkV2Tests {
    private static let topic = LoRaWANExamples.theThingsNetworkTopic

    private func decoding(devices: [DeviceOptions] = [], unknownDevices: UnknownDevicePolicy = .accept) -> Decoding {
        Decoding(
            DecoderOptions(
                sources: [LoRaWANExamples.source("+/devices/{device}/#", .theThingsNetworkV2)], devices: devices,
                unknownDevices: unknownDevices))
    }

    private func changed(_ old: String, _ new: String, in text: String = LoRaWANExamples.theThingsNetworkV2) -> String {
        LoRaWANExamples.changed(old, new, in: text)
    }

    private func identity(_ payload: String) -> UInt64 {
        decoding().decode(TheThingsNetworkV2Tests.topic, payload).networkIdentity
    }

    @Test("reads the documented example at the time at which the gateway heard it")
    func documented() {
        let decoding = decoding()
        let message = decoding.decode(TheThingsNetworkV2Tests.topic, LoRaWANExamples.theThingsNetworkV2)
        #expect(decoding.shown(message) == ["my-dev-id/temperature=21.5"])
        #expect(message.readings.map(\.time.description) == ["2018-11-23T09:59:59.500Z"])
        #expect(message.rejections.isEmpty)
    }

    @Test("finds a device under its DevEUI")
    func alias() {
        let decoding = decoding(
            devices: [DeviceOptions(id: "bin-7", aliases: ["0102030405060708"])], unknownDevices: .quarantine)
        let message = decoding.decode(TheThingsNetworkV2Tests.topic, LoRaWANExamples.theThingsNetworkV2)
        #expect(decoding.shown(message) == ["bin-7/temperature=21.5"])
        let other = changed(#""hardware_serial":"0102030405060708""#, #""hardware_serial":"""#)
        #expect(
            self.decoding(devices: [DeviceOptions(id: "bin-7", aliases: [""])], unknownDevices: .quarantine)
                .decode(TheThingsNetworkV2Tests.topic, other).reasons == [.unknownDevice])
    }

    @Test("tells a repetition by its counter, bytes and hour, and a restarted device's uplink from it")
    func repetition() {
        let first = identity(LoRaWANExamples.theThingsNetworkV2)
        #expect(first != 0)
        let retry = changed("10:00:00Z", "10:00:07Z", in: changed(#""is_retry":false"#, #""is_retry":true"#))
        #expect(identity(changed("09:59:59.5Z", "09:59:58Z", in: retry)) == first)
        for (old, new) in [
            (#""counter":2"#, #""counter":3"#), ("AQIDBA==", "AQIDBQ=="), ("0102030405060708", "0102030405060709"),
            ("09:59:59.5Z", "08:59:59.5Z"), (#""app_id":"my-app-id""#, #""app_id":"other""#),
        ] {
            #expect(identity(changed(old, new)) != first, "\(new)")
        }
        #expect(identity(changed(#""counter":2,"#, "")) == 0, "what cannot be told is not")
        #expect(identity(changed(#""payload_raw":"AQIDBA==","#, "")) == 0)
        #expect(identity(changed(#""counter":2"#, #""counter":-9223372036854775808"#)) != 0)
    }

    @Test("is undecodable without a payload, and says what v3 looks like")
    func incomplete() {
        for payload in ["{}", "[]", "1", #""up""#, #"{"uplink_message":{}}"#] {
            let message = decoding().decode(TheThingsNetworkV2Tests.topic, payload)
            #expect(message.reasons == [.undecodable])
            #expect(message.rejections[0].detail.contains("v3"))
        }
    }

    @Test(
        "ignores the topics beside the uplinks", arguments: ["up/temperature", "down", "down/acks", "events/up/errors"])
    func siblings(suffix: String) {
        let message = decoding().decode("my-app-id/devices/my-dev-id/\(suffix)", LoRaWANExamples.theThingsNetworkV2)
        #expect(message.reasons == [.ignoredTopic])
    }

    @Test("leaves a trace of wrong types anywhere", arguments: LoRaWANExamples.wrongValues)
    func wrongTypes(wrong: String) {
        let decoding = decoding()
        for key in [
            "app_id", "dev_id", "hardware_serial", "counter", "payload_raw", "payload_fields", "metadata",
        ] {
            for payload in [
                #"{"\#(key)":\#(wrong),"payload_raw":"AQIDBA==","dev_id":"d"}"#,
                #"{"payload_fields":{"temperature":1},"\#(key)":\#(wrong),"metadata":{"time":\#(wrong),"gateways":\#(wrong)}}"#,
                #"{"payload_fields":{"temperature":1},"metadata":{"gateways":[\#(wrong),{"time":\#(wrong),"rssi":\#(wrong)}]}}"#,
            ] {
                decoding.decode(TheThingsNetworkV2Tests.topic, payload).expectAccounted("\(payload)")
            }
        }
    }
}
