import Decoding
import Telemetry
import TestKit
import Testing

/// What a field of sensors sends sooner or later. Nothing of it may end the daemon or pass without a trace.
@Suite("Bad input")
struct BadInputTests {
    private static let nested100 = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)

    @Test(
        "is refused as undecodable, with the payload shown",
        arguments: [
            "{", "}", "{]", "nonsense", "{\"value\":}", "{\"value\":1,}", "{value:1}", "{'value':1}", "{\"value\":NaN}",
            "{\"value\":Infinity}", "{\"value\":-Infinity}", "{\"value\":nan}", "{\"value\":1e400}",
            "{\"value\":-1e400}",
            "{\"value\":01}", "{\"value\":.5}", "{\"value\":+1}", "{\"value\":0x10}", "{\"value\":1}{\"value\":2}",
            "{\"value\":\"\\x\"}", "{\"value\":\"\\ud800\"}", "\"", "\\", " ", "\u{0}", "\u{FEFF}", "[1,2", "nul",
            "{\"value\":\"line\nbreak\"}",
        ])
    func undecodable(payload: String) throws {
        let message = Decoding().decode(payload)
        #expect(message.readings.isEmpty)
        #expect(message.reasons == [.undecodable])
        let detail = try #require(message.rejections.first?.detail)
        #expect(detail.utf8.count < 400)
        #expect(!detail.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test(
        "that is not UTF-8 is refused",
        arguments: [
            [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xC0, 0x80],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        for payload in [bytes, Array("{\"value\":\"".utf8) + bytes + Array("\"}".utf8)] {
            let message = Decoding().decode("sensors/air/a/humidity", payload)
            #expect(message.reasons == [.undecodable])
        }
    }

    @Test("without bytes clears a retained message and is no reading, whatever the topic")
    func empty() {
        #expect(Decoding().decode("").reasons == [.emptyPayload])
        #expect(Decoding().decode("elsewhere", "").reasons == [.emptyPayload])
    }

    @Test("on an unknown topic is told apart from a bad payload")
    func unknownTopic() {
        let message = Decoding().decode("elsewhere/x", "{")
        #expect(message.reasons == [.unknownTopic])
        #expect(message.source == nil)
        #expect(Decoding().decode("sensors/air/a", "{\"value\":1}").reasons == [.unknownTopic])
        #expect(Decoding().decode("sensors/air/a/humidity/x", "{\"value\":1}").reasons == [.unknownTopic])
    }

    @Test("from an unknown device is taken in or put aside, as the configuration says")
    func unknownDevice() {
        let payload = "{\"value\":1}"
        #expect(Decoding().decode(payload).readings.count == 1)
        let strict = Decoding(devices: [DeviceOptions(id: "known")], unknownDevices: .quarantine)
        let refused = strict.decode(payload)
        #expect(refused.reasons == [.unknownDevice])
        #expect(refused.newSeries.isEmpty)
        #expect(strict.decode("sensors/air/known/humidity", payload).readings.count == 1)
    }

    @Test("with a device's name that is empty or too long, or an unknown quantity, is refused")
    func badNames() {
        let payload = "{\"value\":1}"
        #expect(Decoding().decode("sensors/air//humidity", payload).reasons == [.unknownDevice])
        let long = String(repeating: "d", count: 129)
        #expect(Decoding().decode("sensors/air/\(long)/humidity", payload).reasons == [.unknownDevice])
        #expect(Decoding().decode("sensors/air/\(long.dropLast())/humidity", payload).readings.count == 1)
        #expect(Decoding().decode("sensors/air/a/moisture", payload).reasons == [.unknownQuantity])
        #expect(Decoding().decode("sensors/air/a/", payload).reasons == [.unknownQuantity])
    }

    @Test("of a megabyte is refused unread, at the limit it is read")
    func large() {
        let megabyte = "{\"value\":1,\"x\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
        #expect(Decoding().decode(megabyte).reasons == [.tooLarge])
        var limits = DecoderLimits()
        limits.payloadBytes = megabyte.utf8.count
        #expect(Decoding(limits: limits).decode(megabyte).readings.count == 1)
        limits.payloadBytes -= 1
        #expect(Decoding(limits: limits).decode(megabyte).reasons == [.tooLarge])
    }

    @Test("nested a hundred levels deep is refused, of arrays and of objects")
    func deep() {
        #expect(Decoding().decode(BadInputTests.nested100).reasons == [.tooDeep])
        let objects = String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100)
        #expect(Decoding().decode(objects).reasons == [.tooDeep])
        #expect(Decoding().decode("{\"value\":1,\"x\":\(BadInputTests.nested100)}").reasons == [.tooDeep])
        let open = String(repeating: "[", count: 200_000)
        #expect(Decoding().decode(open).readings.isEmpty)
        let allowed =
            "{\"value\":1,\"x\":" + String(repeating: "[", count: 20) + String(repeating: "]", count: 20) + "}"
        #expect(Decoding().decode(allowed).readings.count == 1)
    }

    @Test("with the depth limit still in force after a large payload made the parser grow")
    func deepAfterLarge() {
        let decoding = Decoding()
        let large = "{\"value\":1,\"x\":\"" + String(repeating: "x", count: 200_000) + "\"}"
        #expect(decoding.decode(large).readings.count == 1)
        #expect(decoding.decode(BadInputTests.nested100).reasons == [.tooDeep])
        #expect(decoding.decode("{\"value\":1}").readings.count == 1)
    }

    @Test("with an array of a million elements costs one rejection")
    func millionElements() {
        var limits = DecoderLimits()
        limits.payloadBytes = 1 << 24
        let decoding = Decoding(
            json: .values([("humidity", "list[999999]"), ("temperature", "list[1000000]")]),
            topic: "x/{device}", limits: limits)
        let list = "{\"list\":[" + String(repeating: "1,", count: 999_999) + "7]}"
        #expect(decoding.shown(decoding.decode("x/d", list)) == ["d/humidity=7"])
        #expect(
            Decoding(limits: limits).decode("{\"value\":[" + String(repeating: "1,", count: 999_999) + "7]}").reasons
                == [.badValue])
    }

    @Test("with more readings than a message may hold is cut there, and says so once")
    func tooManyReadings() {
        var limits = DecoderLimits()
        limits.readingsInMessage = 3
        let decoding = Decoding(
            json: .values((0..<10).map { ("humidity", "v[\($0)]") }), topic: "x/{device}", limits: limits)
        let message = decoding.decode("x/d", "{\"v\":[0,1,2,3,4,5,6,7,8,9]}")
        #expect(message.readings.map(\.value) == [0, 1, 2])
        #expect(message.reasons == [.tooLarge])
    }

    @Test("with a key twice yields one reading: the first")
    func duplicateKeys() {
        #expect(Decoding().decode("{\"value\":1,\"value\":2}").readings.map(\.value) == [1])
    }

    @Test("with numbers at the edge of what a double holds")
    func edges() {
        #expect(Decoding().decode("{\"value\":1e150}").readings.map(\.value) == [1e150])
        #expect(Decoding().decode("{\"value\":1.7976931348623157e308}").reasons == [.badValue])
        #expect(Decoding().decode("{\"value\":5e-324}").readings.map(\.value) == [.leastNonzeroMagnitude])
        #expect(Decoding().decode("{\"value\":1e-400}").readings.map(\.value) == [0])
        #expect(Decoding().decode("{\"value\":18446744073709551615}").readings.map(\.value) == [0x1p64])
    }
}
