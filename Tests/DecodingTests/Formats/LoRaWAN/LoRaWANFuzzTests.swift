import Decoding
import Telemetry
import TestKit
import Testing

@Suite("LoRaWAN under random damage")
struct LoRaWANFuzzTests {
    private static let valid: [(topic: String, payload: [UInt8])] = [
        ("v3/app1/devices/dev1/up", Array(TheThingsStackTests.example.utf8)),
        ("v3/app1/devices/dev1/up", Array(TheThingsStackTests.lpp.utf8)),
        (LoRaWANExamples.theThingsNetworkTopic, Array(LoRaWANExamples.theThingsNetworkV2.utf8)),
        (LoRaWANExamples.chirpStackTopic, Array(LoRaWANExamples.chirpStackUp.utf8)),
        ("application/a/device/b/event/status", Array(LoRaWANExamples.chirpStackStatus.utf8)),
        ("lpp/d", [1, 103, 1, 16, 2, 104, 99, 3, 136, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ]

    @Test("never fails, and each message leaves a reading or a rejection", .timeLimit(.minutes(1)), arguments: 0..<4)
    func damaged(round: UInt64) {
        var random = SeededGenerator(seed: 0x10FA + round)
        let decoding = Decoding(
            DecoderOptions(sources: [
                LoRaWANExamples.source("v3/#", .theThingsStackV3, includesRadio: true),
                LoRaWANExamples.source("application/#", .chirpStackV4, includesRadio: true),
                LoRaWANExamples.source("+/devices/{device}/#", .theThingsNetworkV2, includesRadio: true),
                LoRaWANExamples.source("lpp/{device}", .cayenneLPP),
            ]))
        let pieces: [[UInt8]] = [
            "null", "-1", "1e308", "\"", "{", "}", "[", "]", "\"2020-02-30T25:61:61Z\"",
            "\"9999-12-31T23:59:59-23:59\"",
            "\"0000-01-01T00:00:00+23:59\"", "AWcBEA==", "=", ",",
        ].map { Array($0.utf8) }
        for _ in 0..<1500 {
            var (topic, payload) = LoRaWANFuzzTests.valid.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let start = Int.random(in: 0...payload.count, using: &random)
                let end = min(payload.count, start + Int.random(in: 0...30, using: &random))
                payload.replaceSubrange(
                    start..<end,
                    with: Bool.random(using: &random)
                        ? pieces.randomElement(using: &random)! : [UInt8.random(in: 0...255, using: &random)])
            }
            decoding.decode(topic, payload)
                .expectAccounted("seed \(random.seed): \(String(decoding: payload, as: UTF8.self))")
        }
        for (topic, payload) in LoRaWANFuzzTests.valid {
            let message = decoding.decode(topic, payload)
            #expect(!message.readings.isEmpty && message.rejections.isEmpty, "\(topic) as if nothing had been")
        }
    }

    /// Values that are replaced whole, so that more of the document stays what it was.
    @Test(
        "holds times to the years that can be stored",
        arguments: [
            "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2020-02-30T10:00:00Z", "", "now",
        ])
    func times(time: String) {
        let decoding = Decoding(
            DecoderOptions(sources: [
                LoRaWANExamples.source("v3/#", .theThingsStackV3),
                LoRaWANExamples.source("application/#", .chirpStackV4),
                LoRaWANExamples.source("+/devices/{device}/#", .theThingsNetworkV2),
            ]))
        for (topic, payload) in [
            (
                "v3/app1/devices/dev1/up",
                #"{"end_device_ids":{"device_id":"d"},"received_at":"T","uplink_message":{"received_at":"T","rx_metadata":[{"time":"T"}],"decoded_payload":{"temperature":1},"normalized_payload":[{"time":"T","air":{"temperature":1}}]}}"#
            ),
            (
                LoRaWANExamples.chirpStackTopic,
                #"{"time":"T","deviceInfo":{"devEui":"01"},"object":{"temperature":1},"rxInfo":[{"nsTime":"T"}]}"#
            ),
            (
                LoRaWANExamples.theThingsNetworkTopic,
                #"{"dev_id":"d","payload_fields":{"temperature":1},"metadata":{"time":"T","gateways":[{"time":"T"}]}}"#
            ),
        ] {
            decoding.decode(topic, payload.replacing("\"T\"", with: "\"\(time)\"")).expectAccounted("\(topic) \(time)")
        }
    }
}
