import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Formats of single devices under random damage")
struct StreetFormatFuzzTests {
    private static let valid: [(topic: String, payload: String)] = [
        (
            "senml/a",
            #"[{"bn":"urn:dev:ow:1:","bt":1764000000,"bu":"Cel","bver":10,"n":"temperature","v":21.5},{"n":"humidity","u":"%RH","v":60},{"t":-5,"n":"temperature","v":21}]"#
        ),
        (
            "airrohr/a",
            #"{"esp8266id":"1","sensordatavalues":[{"value_type":"SDS_P1","value":"4.30"},{"value_type":"BME280_pressure","value":"100535.97"}]}"#
        ),
        (
            "telraam/a",
            #"{"report":[{"date":"2022-07-22T05:00:00.000Z","uptime":0.8,"car":276.2,"car_lft":108,"v85":31.5},{"date":"2022-07-22T06:00:00.000Z","uptime":0}]}"#
        ),
        (
            "tele/a/SENSOR",
            #"{"Time":"2023-05-21T01:06:38","BME280":{"Temperature":20.5,"Pressure":977.0},"SDS0X1":{"PM2.5":11.8},"TX23":{"Speed":{"Act":3}},"PressureUnit":"hPa","TempUnit":"C"}"#
        ),
        (
            "zigbee2mqtt/a/b",
            #"{"battery":97,"voltage":3005,"temperature":-2.34,"last_seen":"2026-11-23T10:59:58.250+01:00"}"#
        ),
        (
            "shelly/a/events/rpc",
            #"{"src":"x","method":"NotifyStatus","params":{"ts":1736603810.49,"temperature:100":{"tC":4.2},"devicepower:0":{"battery":{"V":5.9,"percent":93}}}}"#
        ),
    ]

    private static func options() -> DecoderOptions {
        func source(_ topic: String, _ format: PayloadFormat) -> Source {
            Source(topic: TopicTemplate(topic)!, format: format, timeWithoutOffset: .local)
        }
        return DecoderOptions(sources: [
            source("senml/+", .senML), source("airrohr/+", .sensorCommunity), source("telraam/{device}", .telraam),
            source("tele/{device}/SENSOR", .tasmota), source("zigbee2mqtt/#", .zigbee2MQTT),
            source("shelly/{device}/#", .shellyGen2),
        ])
    }

    @Test("never fail, and each message leaves a reading or a rejection", .timeLimit(.minutes(1)), arguments: 0..<4)
    func damaged(round: UInt64) {
        var random = SeededGenerator(seed: 0x57EE7 + round)
        let decoding = Decoding(StreetFormatFuzzTests.options())
        for _ in 0..<1500 {
            var (topic, text) = StreetFormatFuzzTests.valid.randomElement(using: &random)!
            var payload = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) { DecoderFuzzTests.damage(&payload, using: &random) }
            if Int.random(in: 0..<10, using: &random) == 0 { topic.removeLast() }
            let message = decoding.decode(topic, payload)
            message.expectAccounted("seed \(random.seed): \(String(decoding: payload, as: UTF8.self))")
        }
        for (topic, payload) in StreetFormatFuzzTests.valid {
            let message = decoding.decode(topic, payload)
            #expect(
                !message.readings.isEmpty && message.rejections.isEmpty, "\(topic) must decode as if nothing had been")
        }
    }
}
