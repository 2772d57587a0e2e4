import Decoding
import Telemetry
import TestKit
import Testing

/// Frames that a network server hands on undecoded, in base64.
@Suite("Uplink frames without a payload formatter")
struct UplinkFrameTests {
    private static let topic = "v3/app/devices/d/up"

    private func decode(_ frame: String, values: [(String, String)] = []) -> (DecodedMessage, [String]) {
        let decoding = Decoding(
            DecoderOptions(sources: [LoRaWANExamples.source("v3/#", .theThingsStackV3, values: values)]))
        let message = decoding.decode(
            UplinkFrameTests.topic,
            #"{"end_device_ids":{"device_id":"d"},"received_at":"2020-02-12T15:15:46Z","uplink_message":{"frm_payload":"#
                + frame + "}}")
        return (message, decoding.shown(message))
    }

    @Test("are read as CayenneLPP, with padding, without it, and in every length")
    func lengths() {
        // 0, 1 and 2 bytes over a multiple of three.
        for (text, shown) in [
            ("AWcBEAJoYwEA", ["d/temperature=27.2", "d/humidity=49.5"]), ("AWcBEA==", ["d/temperature=27.2"]),
            ("AWcBEA", ["d/temperature=27.2"]), ("AWcBEAUAAQ==", ["d/temperature=27.2"]),
            ("AWcBEAQCAAE=", ["d/temperature=27.2"]), ("AWcBEAQCAAE", ["d/temperature=27.2"]),
        ] {
            let frame = decode("\"\(text)\"")
            if text == "AWcBEAJoYwEA" {
                #expect(frame.0.reasons == [.noReading], "the last channel has no data")
            } else {
                #expect(frame.1 == shown, "\(text)")
                #expect(frame.0.rejections.isEmpty)
            }
        }
    }

    @Test("mean the same by `values` whoever decodes them")
    func values() {
        let values = [("temperature", "temperature_3"), ("bin_temperature", "temperature_5")]
        #expect(decode(#""A2cBEAVnAP8=""#, values: values).1 == ["d/temperature=27.2", "d/bin_temperature=25.5"])
        #expect(decode(#""A2cBEAVnAP8=""#).0.reasons == [.unknownQuantity])
    }

    @Test(
        "that are not base64, or are cut, hold no reading",
        arguments: [
            #""A2cBEAVnAP""#, #""A2cBEAVnAP8==""#, #""A2cBEAVnAP=8""#, #""A2cBE=""#, #""A2cBEAV=""#, #""A""#, #""=""#,
            #""==""#, #""====""#, #""A2cB EAVn""#, #""A2cBEAVnAP_8""#, #""é2cBEAVn""#, #""\u0000\u0000\u0000\u0000""#,
            #""AWcBEB""#, "1", "true", "[]", #"{"a":"AWcBEA=="}"#,
        ])
    func notBase64(text: String) {
        let (message, _) = decode(text)
        #expect(message.reasons == [.noReading])
        #expect(message.readings.isEmpty)
    }

    @Test("that are absent or empty are let go, since such an uplink only acknowledges", arguments: ["null", #""""#])
    func empty(text: String) {
        #expect(decode(text).0.reasons == [.emptyPayload])
    }

    @Test("of more bytes than LoRaWAN allows are none")
    func tooLong() {
        let quad = "AWcBEAFn"
        #expect(decode("\"" + String(repeating: "AQAA", count: 85) + "\"").0.reasons == [.noReading], "255 bytes, read")
        #expect(decode("\"" + String(repeating: "AQAA", count: 86) + "\"").0.rejections[0].detail.contains("base64"))
        #expect(decode("\"" + String(repeating: quad, count: 30_000) + "\"").0.reasons == [.noReading])
    }

    @Test("of another kind are refused with both ways out")
    func ways() throws {
        let detail = try #require(decode(#""gkHe""#).0.rejections.first?.detail)
        #expect(detail.contains("payload formatter") && detail.contains("CayenneLPP"))
    }

    /// Milesight's channels look like CayenneLPP's, but are little-endian.
    @Test(
        "that would be CayenneLPP but for values that no sensor has are refused",
        arguments: [
            "A2fxAARocQ==", "AXMAAQ==", "AWj/",
        ])
    func implausible(text: String) {
        let (message, shown) = decode("\"\(text)\"")
        #expect(shown.isEmpty)
        #expect(message.reasons == [.noReading])
    }

    @Test("are not shaken by random texts", .timeLimit(.minutes(1)), arguments: 0..<4)
    func random(round: UInt64) {
        var random = SeededGenerator(seed: 0xB64 + round)
        let letters = Array("ABCDEFGHabcdefgh0123+/=_ é")
        for _ in 0..<1000 {
            let text = String(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in letters.randomElement(using: &random)! })
            decode("\"\(text)\"").0.expectAccounted("seed \(random.seed): \(text)")
        }
    }
}
