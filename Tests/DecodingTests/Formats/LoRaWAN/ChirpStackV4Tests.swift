import Decoding
import Telemetry
import Testing

@Suite("ChirpStack v4")
struct ChirpStackV4Tests {
    private static let topic = LoRaWANExamples.chirpStackTopic
    private static let statusTopic = "application/17c82e96/device/0101010101010101/event/status"

    private func decoding(
        topic: String = "application/+/device/+/event/+", values: [(String, String)] = [], includesRadio: Bool = false,
        devices: [DeviceOptions] = []
    ) -> Decoding {
        Decoding(
            DecoderOptions(
                sources: [
                    LoRaWANExamples.source(topic, .chirpStackV4, values: values, includesRadio: includesRadio)
                ], devices: devices))
    }

    private func changed(_ old: String, _ new: String, in text: String = LoRaWANExamples.chirpStackUp) -> String {
        LoRaWANExamples.changed(old, new, in: text)
    }

    @Test("reads an uplink of a device that is known by its DevEUI, in either case")
    func uplink() {
        let decoding = decoding()
        let message = decoding.decode(ChirpStackV4Tests.topic, LoRaWANExamples.chirpStackUp)
        #expect(decoding.shown(message) == ["0101010101010101/temperature=21.5"])
        #expect(message.readings.map(\.time.description) == ["2022-07-18T09:34:15.775Z"])
        let named = self.decoding(devices: [DeviceOptions(id: "bin-7", aliases: ["0016C001F000175A"])])
        #expect(
            named.shown(
                named.decode(ChirpStackV4Tests.topic, changed(#""0101010101010101""#, #""0016c001f000175a""#)))
                == ["bin-7/temperature=21.5"])
    }

    @Test("tells an uplink by its deduplication id, and from the status that came with it")
    func identity() {
        func identity(_ topic: String, _ payload: String) -> UInt64 {
            decoding().decode(topic, payload).networkIdentity
        }
        let first = identity(ChirpStackV4Tests.topic, LoRaWANExamples.chirpStackUp)
        #expect(first != 0)
        #expect(identity(ChirpStackV4Tests.topic, changed("15.775023242", "16.1")) == first)
        #expect(identity(ChirpStackV4Tests.topic, changed("3ac7e3c4", "3ac7e3c5")) != first)
        let status = identity(ChirpStackV4Tests.statusTopic, LoRaWANExamples.chirpStackStatus)
        #expect(status != 0 && status != first)
        #expect(identity(ChirpStackV4Tests.topic, changed("3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "")) == 0)
    }

    @Test("believes a gateway's clock only within a day of the network server's")
    func clocks() {
        func time(_ payload: String) -> String? {
            decoding().decode(ChirpStackV4Tests.topic, payload).readings.first?.time.description
        }
        let served = changed(#""rssi":-36"#, #""nsTime":"2022-07-18T09:34:16+00:00","rssi":-36"#)
        #expect(time(served) == "2022-07-18T09:34:15.775Z")
        #expect(time(changed("2022-07-18T09:34:15", "2022-07-19T10:34:15", in: served)) == "2022-07-18T09:34:16.000Z")
        #expect(
            time(changed(#""time":"2022-07-18T09:34:15.775023242+00:00","#, "", in: served))
                == "2022-07-18T09:34:16.000Z")
        let timeless = decoding().decode(
            ChirpStackV4Tests.topic, changed(#""time":"2022-07-18T09:34:15.775023242+00:00","#, ""))
        #expect(timeless.readings.map(\.time) == [Decoding.received] && !timeless.carriesOwnTime)
        #expect(
            decoding().decode(ChirpStackV4Tests.topic, changed("2022-07-18T09", "18-07-2022 09")).reasons == [.badTime])
    }

    @Test("takes the battery of a status, unless the device has none")
    func status() {
        let decoding = decoding()
        func shown(_ payload: String) -> [String] {
            decoding.shown(decoding.decode(ChirpStackV4Tests.statusTopic, payload))
        }
        let status = LoRaWANExamples.chirpStackStatus
        #expect(shown(status) == ["0101010101010101/battery=88.3"])
        #expect(shown(changed(#","batteryLevel":88.3"#, "", in: status)) == ["0101010101010101/battery=0"])
        for flag in ["externalPowerSource", "batteryLevelUnavailable"] {
            let message = decoding.decode(
                ChirpStackV4Tests.statusTopic, changed(#""batteryLevel":88.3"#, "\"\(flag)\":true", in: status))
            #expect(message.reasons == [.missing])
            #expect(
                shown(changed(#""margin":10"#, "\"\(flag)\":false", in: status)) == ["0101010101010101/battery=88.3"])
        }
        let withDevice = self.decoding(topic: "application/+/device/{device}/event/+")
        #expect(
            withDevice.decode(ChirpStackV4Tests.statusTopic, "{}").reasons == [.undecodable], "no zero from nothing")
    }

    @Test("leaves the status to `values` where there are some")
    func statusByValues() {
        let status = LoRaWANExamples.chirpStackStatus
        let other = decoding(values: [("battery", "bat")])
        #expect(other.decode(ChirpStackV4Tests.statusTopic, status).reasons == [.ignoredTopic])
        let named = decoding(values: [("battery", "batteryLevel")])
        #expect(named.shown(named.decode(ChirpStackV4Tests.statusTopic, status)) == ["0101010101010101/battery=88.3"])
    }

    @Test(
        "ignores the events that hold no readings",
        arguments: ["join", "ack", "txack", "log", "location", "integration", "backup", "state"])
    func events(event: String) {
        let message = decoding().decode("application/a/device/b/event/\(event)", LoRaWANExamples.chirpStackUp)
        #expect(message.reasons == [.ignoredTopic])
    }

    @Test("does without deviceInfo where the topic names the device, as in v3")
    func withoutDeviceInfo() {
        let payload = #"{"deviceName":"garden-sensor","devEUI":"AQEBAQEBAQE=","object":{"temperature":21.5}}"#
        #expect(decoding().decode(ChirpStackV4Tests.topic, payload).reasons == [.unknownDevice])
        let named = decoding(topic: "application/+/device/{device}/event/+")
        #expect(named.shown(named.decode(ChirpStackV4Tests.topic, payload)) == ["0101010101010101/temperature=21.5"])
    }

    @Test("adds the radio of the gateway that heard best, whose 0 dB are left out")
    func radio() {
        let decoding = decoding(includesRadio: true)
        func shown(_ payload: String) -> [String] { decoding.shown(decoding.decode(ChirpStackV4Tests.topic, payload)) }
        #expect(
            shown(LoRaWANExamples.chirpStackUp).suffix(2) == ["0101010101010101/rssi=-36", "0101010101010101/snr=10.5"])
        let omitted = changed(#","snr":10.5"#, "")
        #expect(shown(omitted).suffix(2) == ["0101010101010101/rssi=-36", "0101010101010101/snr=0"])
        // Frequency-shift keying has no such ratio.
        #expect(shown(changed(#""lora""#, #""fsk""#, in: omitted)).last == "0101010101010101/rssi=-36")
    }

    @Test("leaves a trace of wrong types anywhere", arguments: LoRaWANExamples.wrongValues)
    func wrongTypes(wrong: String) {
        let decoders = [decoding(includesRadio: true), decoding(topic: "application/+/device/{device}/event/+")]
        for key in [
            "deduplicationId", "time", "deviceInfo", "data", "object", "rxInfo", "txInfo", "batteryLevel",
            "externalPowerSource", "batteryLevelUnavailable",
        ] {
            for payload in [
                "{\"\(key)\":\(wrong)}", "{\"deviceInfo\":{\"devEui\":\"01\"},\"\(key)\":\(wrong)}",
                "{\"deviceInfo\":{\"devEui\":\(wrong)},\"rxInfo\":[\(wrong),{\"nsTime\":\(wrong),\"rssi\":\(wrong)}]}",
                wrong,
            ] {
                for decoding in decoders {
                    for topic in [ChirpStackV4Tests.topic, ChirpStackV4Tests.statusTopic] {
                        decoding.decode(topic, payload).expectAccounted("\(topic) \(payload)")
                    }
                }
            }
        }
    }
}
