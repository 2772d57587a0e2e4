import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Decoder under random damage")
struct DecoderFuzzTests {
    private static let valid: [(topic: String, payload: String)] = [
        ("sensors/air/aq-1/temperature", #"{"value":21.5,"unit":"Cel","ts":1764000000}"#),
        ("sensors/air/aq-1/pm2_5", #"{"value":"11.8","unit":"ug/m3","ts":"2026-11-23T10:00:00.123456789+01:00"}"#),
        (
            "multi/box-7",
            #"{"ts":1764000000123,"BME280":{"Temperature":20.5,"Humidity":61},"list":[{"v":1.5},{"v":-2e3}]}"#
        ),
        ("scalar/d/humidity", "55.25"),
        ("v3/app1@tenant/devices/dev1/up", TheThingsStackTests.example),
    ]

    private static func options() -> DecoderOptions {
        let multi = Source.values(
            [
                ("temperature", "BME280.Temperature"), ("humidity", "BME280.Humidity"), ("pm10", "list[1].v"),
            ], topic: "multi/{device}")
        return DecoderOptions(sources: [
            .sketch,
            multi,
            .json("scalar/{device}/{quantity}"),
            Source(
                topic: TopicTemplate("v3/+/devices/{device}/#")!,
                format: .theThingsStackV3, includesRadio: true),
        ])
    }

    /// A decoder serves thousands of messages, so what one of them leaves behind must not upset the next.
    @Test("never fails, and each message leaves a reading or a rejection", .timeLimit(.minutes(1)), arguments: 0..<8)
    func damaged(round: UInt64) {
        var random = SeededGenerator(seed: 0xF0DD + round)
        let decoding = Decoding(DecoderFuzzTests.options())
        for _ in 0..<1500 {
            var (topic, text) = DecoderFuzzTests.valid.randomElement(using: &random)!
            var payload = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) { DecoderFuzzTests.damage(&payload, using: &random) }
            if Int.random(in: 0..<10, using: &random) == 0 { topic.removeLast() }
            let message = decoding.decode(topic, payload)
            message.expectAccounted("seed \(random.seed): \(String(decoding: payload, as: UTF8.self))")
        }
        for (topic, payload) in DecoderFuzzTests.valid {
            let message = decoding.decode(topic, payload)
            #expect(
                !message.readings.isEmpty && message.rejections.isEmpty, "\(topic) must decode as if nothing had been")
        }
    }

    static func damage(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        let tokens = [
            "NaN", "Infinity", "1e400", "-", "\"", "{", "}", "[", "]", "null", "true", "\\u0000", "\\ud800", "0",
            "99999999999999999999", "\u{0}", "é", ":", ",", "{\"value\":", "\"ts\":",
        ]
        let position = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where position < bytes.count: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 1 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 0...8, using: &random)))
        case 3: bytes.insert(contentsOf: tokens.randomElement(using: &random)!.utf8, at: position)
        case 4:
            let end = min(bytes.count, position + Int.random(in: 1...30, using: &random))
            let piece = Array(bytes[position..<end])
            bytes.insert(
                contentsOf: Array(repeating: piece, count: Int.random(in: 1...40, using: &random)).joined(), at: end)
        default: bytes.removeLast(min(bytes.count, Int.random(in: 0...10, using: &random)))
        }
    }
}
