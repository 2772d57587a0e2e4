import Gateway
import GatewayConfiguration
import Storage
import Telemetry
import TestKit
import Testing

@Suite("UnknownDevice")
struct UnknownDeviceTests {
    private let directory = TemporaryDirectory()
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func find(_ payloads: [(topic: String, payload: String)], known: [String] = []) throws -> [UnknownDevice] {
        let store = try Store(path: directory.file("poort.db"))
        for (index, message) in payloads.enumerated() {
            _ = try store.quarantine(
                QuarantinedMessage(
                    received: ten + Int64(index) * 601_000, source: "s", topic: Array(message.topic.utf8),
                    payload: Array(message.payload.utf8), rejection: Rejection(.unknownDevice, detail: "x")),
                configuration: "c")
        }
        try store.commit()
        let configuration = try ConfigurationFile.load(
            text: """
                [devices]
                unknown = "quarantine"
                [[source]]
                topic = "telegraf/#"
                format = "line-protocol"
                device = "host"
                [[source]]
                topic = "air/{device}/{quantity}"
                value = "v"
                \(known.map { "[[device]]\nid = \"\($0)\"" }.joined(separator: "\n"))
                """, name: "t.toml")
        return try UnknownDevice.find(StoreReader(path: directory.file("poort.db")), configuration: configuration)
    }

    @Test("finds every device of a message, and none that is known by now")
    func several() throws {
        let message = "m,host=kast-8 temperature=2\nm,host=kast-9 temperature=2,humidity=40"
        let found = try find([("telegraf/x", message)], known: ["kast-8"])
        #expect(found.map(\.id) == ["kast-9"])
        #expect(found.first?.heldCount == 1 && found.first?.quantities == ["temperature", "humidity"])
        #expect(found.first?.intervalMilliseconds == nil, "one message tells no interval")
    }

    @Test("tells the time between messages of one topic, in a round figure, and writes what adopts the device")
    func interval() throws {
        let messages = (0..<8).map {
            (topic: "air/aq \"7\"/\($0 % 2 == 0 ? "pm10" : "humidity")", payload: #"{"v":1}"#)
        }
        let device = try #require(try find(messages).first)
        #expect(device.intervalMilliseconds == 1_200_000)
        #expect(device.heldCount == 8)
        let text = device.snippet + "\n[[source]]\ntopic = \"air/{device}/{quantity}\""
        let adopted = try ConfigurationFile.load(text: text, name: "snippet.toml")
        #expect(adopted.deviceList.map(\.id) == ["aq \"7\""])
        #expect(adopted.deviceList.first?.intervalMilliseconds == 1_200_000)
    }
}
