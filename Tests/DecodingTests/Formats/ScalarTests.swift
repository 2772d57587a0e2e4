import Decoding
import Telemetry
import Testing

@Suite("Scalar format")
struct ScalarTests {
    private let decoding = Decoding(
        DecoderOptions(
            sources: [
                Source(topic: TopicTemplate("s/{device}/{quantity}")!, format: .scalar, missing: [-999]),
                Source(
                    topic: TopicTemplate("mapped/{device}/{quantity}")!, format: .scalar,
                    values: [
                        NamedPath(quantity: "pm2_5", path: JSONPath("\"PM2.5\"")!),
                        NamedPath(quantity: "pressure", path: JSONPath("druk")!),
                    ], units: ["pressure": "Pa"]),
                Source(
                    topic: TopicTemplate("one/{device}/t")!, format: .scalar,
                    values: [NamedPath(quantity: "temperature", path: JSONPath("t")!)]),
                Source(topic: TopicTemplate("none/+")!, format: .scalar),
            ],
            catalogue: {
                var catalogue = QuantityCatalogue()
                catalogue.define(Quantity(name: "lid_open", unit: "1", kind: .event))
                return catalogue
            }()))

    private func value(_ payload: String, of quantity: String = "temperature") -> Double? {
        let message = decoding.decode("s/d/\(quantity)", payload)
        #expect(message.readings.count + message.rejections.count == 1)
        return message.readings.first?.value
    }

    @Test(
        "reads a number in plain text, as JSON, or in quotes, with a unit or without",
        arguments: [
            ("12.3", 12.3), ("12,3", 12.3), (" -4 \n", -4), ("23 °C", 23), ("23 ℃", 23), ("77 °F", 25),
            ("\"12.3\"", 12.3),
            ("\"12,3\"", 12.3), ("\"23 \\u00b0C\"", 23), ("1e1", 10), ("12.3\0", 12.3),
        ])
    func numbers(payload: String, expected: Double) {
        #expect(value(payload).map { abs($0 - expected) < 1e-9 } == true)
        let message = decoding.decode("s/d/temperature", payload)
        #expect(message.readings.map(\.time) == [Decoding.received])
        #expect(message.readings.map(\.timeOrigin) == [.receipt])
    }

    @Test(
        "reads a state, for quantities that have one",
        arguments: [(" ON ", 1.0), ("OFF", 0), ("true", 1), ("\"off\"", 0)])
    func states(payload: String, expected: Double) {
        #expect(value(payload, of: "lid_open") == expected)
        #expect(decoding.decode("s/d/battery", payload).reasons == [.badValue])
    }

    @Test(
        "lets go what says that there is no value",
        arguments: ["nan", "NaN", "null", "\"nan\"", "\"\"", " ", "-999", "-999 °C"])
    func missing(payload: String) {
        #expect(decoding.decode("s/d/temperature", payload).reasons == [.missing])
    }

    @Test("tells a text that is no value from what is no plain text, and says what would be right")
    func refused() {
        func rejection(_ payload: [UInt8]) -> Rejection? {
            decoding.decode("s/d/temperature", payload).rejections.first
        }
        func rejection(_ payload: String) -> Rejection? { rejection(Array(payload.utf8)) }
        for text in ["wet", "12:30", "1,234.5", "0x10", "12.3\n12.4", "\"wet\"", "1e400"] {
            #expect(rejection(text)?.reason == .badValue)
            #expect(rejection(text)?.readingCount == 1)
        }
        #expect(rejection("12 bananas")?.reason == .unknownUnit)
        #expect(rejection(#"{"value":1}"#)?.reason == .undecodable)
        #expect(rejection(#"{"value":1}"#)?.detail.contains("json") == true)
        #expect(rejection("[1]")?.reason == .undecodable)
        #expect(rejection("\"12")?.reason == .undecodable)
        #expect(rejection("\"\\x\"")?.reason == .undecodable)
        #expect(rejection([0x31, 0x32, 0x20, 0xB0, 0x43])?.reason == .undecodable)
        #expect(rejection([0xFF, 0xFE, 0x00])?.reason == .undecodable)
        #expect(decoding.decode("s/d/temperature", "").reasons == [.emptyPayload])
        #expect(decoding.decode("s/d/moisture", "1").reasons == [.unknownQuantity])
    }

    @Test("maps the topic's names where `values` lists them, and lets other topics go")
    func mapped() {
        #expect(decoding.shown(decoding.decode("mapped/d/PM2.5", "11,8")) == ["d/pm2_5=11.8"])
        #expect(decoding.shown(decoding.decode("mapped/d/druk", "101325")) == ["d/pressure=1013.25"])
        #expect(decoding.decode("mapped/d/rssi", "-70").reasons == [.ignoredTopic])
        #expect(decoding.shown(decoding.decode("one/d/t", "7")) == ["d/temperature=7"])
        #expect(decoding.decode("none/d", "7").reasons == [.unknownDevice])
    }

    @Test("is not upset by a payload of one byte many times over")
    func hostile() {
        for byte in UInt8.min...UInt8.max {
            decoding.decode("s/d/temperature", [UInt8](repeating: byte, count: 100_000)).expectAccounted("\(byte)")
            decoding.decode("s/d/temperature", [byte]).expectAccounted("\(byte)")
        }
    }
}
