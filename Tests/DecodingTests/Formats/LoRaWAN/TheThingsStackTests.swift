import Decoding
import Telemetry
import TestKit
import Testing

@Suite("The Things Stack v3")
struct TheThingsStackTests {
    /// From lorawan-stack-docs, integrations/data-formats.
    static let example =
        #"{"end_device_ids":{"device_id":"dev1","application_ids":{"application_id":"app1"},"dev_eui":"0004A30B001C0530"},"#
        + #""received_at":"2020-02-12T15:15:46.014773143Z","uplink_message":{"session_key_id":"AXA50tHGUUucuzS/bCGMNw==","#
        + #""f_cnt":1,"f_port":1,"frm_payload":"gkHe","decoded_payload":{"temperature":1.0},"rx_metadata":[{"gateway_ids":"#
        + #"{"gateway_id":"gtw1"},"time":"2020-02-12T15:15:45.787Z","rssi":-35,"snr":5}],"settings":{"frequency":"868300000"},"#
        + #""received_at":"2020-02-12T15:15:45.789585559Z"}}"#

    /// The same device without a payload formatter; the frame is from The Things Stack's documentation of CayenneLPP.
    static let lpp = example.replacing(#""decoded_payload":{"temperature":1.0},"#, with: "")
        .replacing("gkHe", with: "AHMnvwBnAN4=")

    private static let topic = "v3/app1@tenant/devices/dev1/up"

    private func decoding(
        values: [NamedPath] = [], units: [String: String] = [:], includesRadio: Bool = false
    ) -> Decoding {
        Decoding(
            DecoderOptions(sources: [
                Source(
                    topic: TopicTemplate("v3/+/devices/{device}/#")!, format: .theThingsStackV3, values: values,
                    units: units, includesRadio: includesRadio)
            ]))
    }

    /// The example with a piece of its text replaced; the piece must be there.
    private func changed(_ old: String, _ new: String, in text: String = example) -> String {
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "no \(old) in the example")
        return parts[0] + new + parts[1]
    }

    private func time(_ payload: String) -> String? {
        decoding().decode(TheThingsStackTests.topic, payload).readings.first?.time.description
    }

    @Test("reads the documented example at the time at which the gateway heard it")
    func documented() {
        let decoding = decoding()
        let message = decoding.decode(TheThingsStackTests.topic, TheThingsStackTests.example)
        #expect(decoding.shown(message) == ["dev1/temperature=1"])
        #expect(message.readings.map(\.time.description) == ["2020-02-12T15:15:45.787Z"])
        #expect(message.carriesOwnTime)
        #expect(message.rejections.isEmpty)
    }

    @Test("does without f_cnt, which is left out when it is 0")
    func omittedCounter() {
        #expect(time(changed(#""f_cnt":1,"#, "")) == "2020-02-12T15:15:45.787Z")
    }

    @Test("takes the server's time where no gateway has a sane clock")
    func gatewayClocks() {
        let server = "2020-02-12T15:15:45.789Z"
        #expect(time(changed(#""time":"2020-02-12T15:15:45.787Z","#, "")) == server)
        #expect(time(changed(#""time":"2020-02-12T15:15:45.787Z""#, #""time":"""#)) == server)
        for wrong in ["2019-02-12T15:15:45.787Z", "2021-02-12T15:15:45Z", "1980-01-06T00:00:00Z"] {
            #expect(time(changed("2020-02-12T15:15:45.787Z", wrong)) == server)
        }
        let none = changed(
            #","received_at":"2020-02-12T15:15:45.789585559Z""#, "",
            in: changed(#""time":"2020-02-12T15:15:45.787Z","#, ""))
        #expect(time(none) == "2020-02-12T15:15:46.014Z", "the message's own time comes last")
    }

    @Test("takes the earliest sane time of several gateways")
    func severalGateways() {
        let three =
            #""rx_metadata":[{"rssi":-90},{"time":"2020-02-12T15:15:45.123456789Z"},{"time":"2018-01-01T00:00:00Z"},"#
        #expect(time(changed(#""rx_metadata":["#, three)) == "2020-02-12T15:15:45.123Z")
    }

    @Test("refuses an uplink without any time")
    func noTime() {
        let payload = #"{"end_device_ids":{"device_id":"d"},"uplink_message":{"decoded_payload":{"temperature":1}}}"#
        #expect(decoding().decode(TheThingsStackTests.topic, payload).reasons == [.badTime])
    }

    @Test("lets simulated uplinks go, by rule")
    func simulated() {
        let message = decoding().decode(
            TheThingsStackTests.topic,
            changed(#""received_at":"2020-02-12T15:15:46"#, #""simulated":true,"received_at":"2020-02-12T15:15:46"#))
        #expect(message.reasons == [.simulated])
        let real = changed(
            #""received_at":"2020-02-12T15:15:46"#, #""simulated":false,"received_at":"2020-02-12T15:15:46"#)
        #expect(decoding().decode(TheThingsStackTests.topic, real).readings.count == 1)
    }

    @Test("says what is missing where there is no decoded payload")
    func undecodedPayload() {
        let message = decoding().decode(
            TheThingsStackTests.topic, changed(#""decoded_payload":{"temperature":1.0},"#, ""))
        #expect(message.reasons == [.noReading])
        #expect(message.rejections.first?.detail.contains("payload formatter") == true)
        let unknown = decoding().decode(TheThingsStackTests.topic, changed(#""temperature":1.0"#, #""wetness":1.0"#))
        #expect(unknown.reasons == [.noReading])
        #expect(unknown.rejections.first?.detail.contains("values") == true)
    }

    @Test(
        "counts and ignores the topics beside the uplinks",
        arguments: [
            "join", "down/queued", "down/sent", "down/ack", "down/nack", "down/failed", "service/data",
            "location/solved",
        ])
    func siblings(suffix: String) {
        let message = decoding().decode("v3/app1/devices/dev1/\(suffix)", TheThingsStackTests.example)
        #expect(message.reasons == [.ignoredTopic])
        #expect(message.source == 0)
        #expect(message.readings.isEmpty)
    }

    @Test("is undecodable without an uplink, and nameless without a device")
    func incomplete() {
        for payload in ["{}", "[]", "1", "\"up\"", #"{"uplink_message":null}"#] {
            let message = decoding().decode(TheThingsStackTests.topic, payload)
            message.expectAccounted("\(payload)")
            #expect(message.readings.isEmpty)
        }
        #expect(decoding().decode(TheThingsStackTests.topic, #"{"uplink_message":{}}"#).reasons == [.unknownDevice])
    }

    @Test("finds a device under its DevEUI, in either case")
    func alias() {
        for alias in ["0004A30B001C0530", "0004a30b001c0530"] {
            let decoding = Decoding(
                DecoderOptions(
                    sources: [LoRaWANExamples.source("v3/#", .theThingsStackV3)],
                    devices: [DeviceOptions(id: "bin-7", aliases: [alias])], unknownDevices: .quarantine))
            let message = decoding.decode(TheThingsStackTests.topic, TheThingsStackTests.example)
            #expect(decoding.shown(message) == ["bin-7/temperature=1"])
            let other = changed("0004A30B001C0530", "0004A30B001C0531")
            #expect(
                decoding.decode(TheThingsStackTests.topic, changed("dev1", "dev2", in: other)).reasons
                    == [.unknownDevice])
        }
    }

    @Test("tells an uplink by DevEUI, session, counter and payload, whenever and by whichever gateway it came")
    func identity() {
        func identity(_ payload: String) -> UInt64 {
            decoding().decode(TheThingsStackTests.topic, payload).networkIdentity
        }
        let first = identity(TheThingsStackTests.example)
        #expect(first != 0)
        #expect(identity(changed("15:15:45.787Z", "15:15:45.799Z")) == first)
        #expect(identity(changed("46.014773143Z", "59.014773143Z")) == first)
        #expect(identity(changed("gtw1", "gtw2")) == first)
        for (old, new) in [
            (#""f_cnt":1"#, #""f_cnt":2"#), ("AXA50tHGUUucuzS", "AXA50tHGUUucuzT"), ("001C0530", "001C0531"),
            (#""frm_payload":"gkHe""#, #""frm_payload":"gkHf""#),
        ] {
            #expect(identity(changed(old, new)) != first, "\(new)")
        }
        #expect(identity(changed(#""f_cnt":1,"#, "")) == identity(changed(#""f_cnt":1"#, #""f_cnt":0"#)))
        #expect(identity(changed(#""session_key_id":"AXA50tHGUUucuzS/bCGMNw==","#, "")) == 0)
    }

    @Test("leaves a trace of wrong types anywhere", arguments: LoRaWANExamples.wrongValues)
    func wrongTypes(wrong: String) {
        let decoding = decoding(includesRadio: true)
        for key in [
            "session_key_id", "f_cnt", "frm_payload", "decoded_payload", "normalized_payload", "rx_metadata",
            "settings",
            "received_at",
        ] {
            let uplink = #"{"decoded_payload":{"temperature":1},"\#(key)":\#(wrong)}"#
            for payload in [
                #"{"end_device_ids":{"device_id":"d"},"received_at":"2020-02-12T15:15:46Z","uplink_message":\#(uplink)}"#,
                #"{"end_device_ids":\#(wrong),"received_at":\#(wrong),"simulated":\#(wrong),"uplink_message":\#(uplink)}"#,
                #"{"end_device_ids":{"device_id":\#(wrong),"dev_eui":\#(wrong)},"uplink_message":\#(wrong)}"#, wrong,
            ] {
                decoding.decode(TheThingsStackTests.topic, payload).expectAccounted("\(payload)")
            }
        }
    }

    @Test("recognises what payload decoders call the quantities, at several levels")
    func aliases() {
        let decoding = decoding()
        let message = decoding.decode(
            TheThingsStackTests.topic,
            changed(
                #"{"temperature":1.0}"#,
                #"{"air":{"temperature":20,"relativeHumidity":61},"PM25":8,"distance":2116,"position":"tilt","battery":true}"#
            ))
        #expect(
            Set(decoding.shown(message)) == [
                "dev1/temperature=20", "dev1/humidity=61", "dev1/pm2_5=8", "dev1/fill_distance=2116",
            ])
        #expect(message.rejections.isEmpty)
    }

    @Test("takes only what `values` names, in the units that are configured")
    func mapping() {
        let decoding = decoding(
            values: [
                NamedPath(quantity: "battery_voltage", path: JSONPath("SBX_BATT")!),
                NamedPath(quantity: "vehicle_count", path: JSONPath("sums.LTR_SUM")!),
                NamedPath(quantity: "humidity", path: JSONPath("absent")!),
            ], units: ["battery_voltage": "mV"])
        let payload = changed(#"{"temperature":1.0}"#, #"{"temperature":1,"SBX_BATT":3600,"sums":{"LTR_SUM":42}}"#)
        let message = decoding.decode(TheThingsStackTests.topic, payload)
        #expect(decoding.shown(message) == ["dev1/battery_voltage=3.6", "dev1/vehicle_count=42"])
        #expect(message.rejections.isEmpty)
    }

    @Test("adds signal and noise of the gateway that heard best, when asked to")
    func radio() {
        let decoding = decoding(includesRadio: true)
        let payload = changed(#""rx_metadata":["#, #""rx_metadata":[{"rssi":-110,"snr":-7},{"snr":9},"#)
        #expect(
            decoding.shown(decoding.decode(TheThingsStackTests.topic, payload)) == [
                "dev1/temperature=1", "dev1/rssi=-35", "dev1/snr=5",
            ])
        let deaf = changed(#","rssi":-35,"snr":5"#, "")
        #expect(decoding.shown(decoding.decode(TheThingsStackTests.topic, deaf)) == ["dev1/temperature=1"])
    }
}
