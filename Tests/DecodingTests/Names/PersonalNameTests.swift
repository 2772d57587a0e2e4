@testable import Decoding
import Privacy

import Telemetry
import Testing

/// Names that look like a person's are not taken in, unless the configuration gives them.
@Suite("Personal names")
struct PersonalNameTests {
    private static let phone = "A4:83:E7:0B:12:9C"

    private static func decoding(devices: [DeviceOptions] = [], _ policy: UnknownDevicePolicy = .accept) -> Decoding {
        Decoding(
            DecoderOptions(
                sources: [
                    .json("s/{type}/{device}/{quantity}"),
                    Source(
                        name: "lines", topic: TopicTemplate("lines")!, format: .lineProtocol,
                        paths: PayloadPaths(device: JSONPath("dev"))),
                    Source(name: "uplinks", topic: TopicTemplate("v3/#")!, format: .theThingsNetworkV2),
                ], devices: devices, unknownDevices: policy))
    }

    @Test(
        "are let go by rule, in a device and in a quantity that nobody knows",
        arguments: [
            "s/air/\(phone)/temperature", "s/air/cam-GBB-01-B/temperature", "s/air/204043123456789/temperature",
            "s/air/aq-1/\(phone)", "s/air/+31612345678/temperature", "s/air/xx:00:x0:0x:xx:00/temperature",
        ], [UnknownDevicePolicy.accept, .quarantine])
    func letGo(topic: String, policy: UnknownDevicePolicy) {
        let decoding = PersonalNameTests.decoding(policy)
        for _ in 0..<2 {
            let message = decoding.decode(topic, "21.5")
            #expect(message.readings.isEmpty && message.newSeries.isEmpty)
            // A device that is not known is held back before its quantity is looked at.
            let isHeld = policy == .quarantine && topic.contains("aq-1")
            guard !isHeld else { continue }
            #expect(message.rejections.map(\.reason) == [.personalData])
            #expect(message.rejections.map(\.readingCount) == [1])
            let detail = message.rejections[0].detail
            #expect(
                detail.contains("looks like a") && detail.contains(topic.contains("aq-1") ? "[quantity." : "[[device]]")
            )
            #expect(!topic.split(separator: "/").dropFirst(2).contains { $0 != "temperature" && detail.contains($0) })
        }
    }

    @Test("are a sensor's where the configuration has them, as id or alias")
    func configured() {
        let decoding = PersonalNameTests.decoding(devices: [
            DeviceOptions(id: PersonalNameTests.phone),
            DeviceOptions(id: "cam-1", aliases: ["GBB-01-B", "204043123456789"]),
        ])
        for device in [PersonalNameTests.phone, "GBB-01-B", "204043123456789"] {
            let message = decoding.decode("s/air/\(device)/temperature", "21.5")
            #expect(message.readings.count == 1 && message.rejections.isEmpty)
        }
        #expect(decoding.announced.map(\.device) == [PersonalNameTests.phone, "cam-1"])
    }

    @Test("cost a message its own readings alone")
    func inPart() {
        let decoding = PersonalNameTests.decoding()
        let message = decoding.decode(
            "lines",
            "a,dev=aq-1 temperature=1\na,dev=\(PersonalNameTests.phone) temperature=2,humidity=3\na,dev=aq-2 humidity=4"
        )
        #expect(decoding.shown(message) == ["aq-1/temperature=1", "aq-2/humidity=4"])
        #expect(message.rejections.map(\.reason) == [.personalData, .personalData])
    }

    @Test("are not kept beside a name that is fine")
    func beside() throws {
        let decoding = PersonalNameTests.decoding()
        _ = decoding.decode("s/\(PersonalNameTests.phone)/aq-1/temperature", "1")
        _ = decoding.decode(
            "v3/up",
            #"{"dev_id":"aq-2","hardware_serial":"204043123456789","counter":1,"payload_fields":{"temperature":2},"#
                + #""metadata":{"time":"2026-11-23T09:59:00Z"}}"#)
        #expect(decoding.announced.map(\.device) == ["aq-1", "aq-2"])
        #expect(decoding.announced.map(\.deviceType) == ["", ""])
        #expect(decoding.announced.map(\.alternateName) == [nil, nil])
    }

    @Test("are masked in what is said of a message, before that is cut")
    func excerpts() {
        for padding in 0..<60 {
            let text = String(repeating: " ", count: padding) + PersonalNameTests.phone
            #expect(!text.excerpt.contains("A4:83"))
        }
        #expect("unit GBB-01-B of 2".excerpt == "`unit xxx-00-x of 2`")
    }

    @Test("what the configuration names is not masked, and keys that it reads are none of a person")
    func mask() {
        var source = Source.json("cam-GBB-01-B/{device}", values: [])
        source.paths.device = JSONPath("mac")
        source.values = [NamedPath(quantity: "temperature", path: JSONPath(#"faces."A4:C1:38:12:34:56""#)!)]
        let options = DecoderOptions(
            sources: [source], devices: [DeviceOptions(id: "d", aliases: [PersonalNameTests.phone])],
            personalKeys: ["resident"])
        let text =
            #"{"mac":"a4c138123456","faces":{"A4:C1:38:12:34:56":1},"seen":"\#(PersonalNameTests.phone)","resident":"#
        #expect(options.personalDataMask.masked(text + #""Jan"}"#) == text + #""xxx"}"#)
        #expect(options.personalDataMask.masked("cam-GBB-01-B/GBB-01-B") == "cam-GBB-01-B/xxx-00-x")
    }
}
