import Control
import MQTT
import Glibc
import Storage
import Telemetry
import TestKit
import Testing

/// Whatever comes from the street: nothing crashes or blocks, each message is counted, and what may hold data is kept.
@Suite("Bad input")
struct BadInputTests {
    private struct Bad {
        var topic = "sensors/test/d-1/pm10"
        var payload: [UInt8]
        /// Nil where the message is let go by rule.
        var reason: RejectionReason

        init(_ text: String, _ reason: RejectionReason, topic: String = "sensors/test/d-1/pm10") {
            self.init(Array(text.utf8), reason, topic: topic)
        }

        init(_ payload: [UInt8], _ reason: RejectionReason, topic: String = "sensors/test/d-1/pm10") {
            self.payload = payload
            self.reason = reason
            self.topic = topic
        }
    }

    private static var messages: [Bad] {
        let nextYear = Timestamp.now() + 365 * 86_400_000
        return [
            Bad("not json", .undecodable),
            Bad(#"{"value": 1"#, .undecodable),
            Bad([0x7B, 0xFF, 0xFE, 0x80], .undecodable),
            Bad([0, 1, 2, 3], .undecodable),
            Bad(#"{"value":NaN}"#, .undecodable),
            Bad(#"{"value":"NaN"}"#, .missing),
            Bad(#"{"value":"inf"}"#, .badValue),
            Bad(#"{"value":null}"#, .missing),
            Bad(#"{"value":[1]}"#, .badValue),
            Bad(#"{"other":1}"#, .noReading),
            Bad(#"{"value":1,"ts":"yesterday"}"#, .badTime),
            Bad(#"{"value":1,"ts":0}"#, .beyondRetention),
            Bad(#"{"value":1,"ts":\#(nextYear.milliseconds)}"#, .clockAhead),
            Bad(#"{"value":1}"#, .unknownQuantity, topic: "sensors/test/d-1/happiness"),
            Bad(#"{"value":1}"#, .unknownDevice, topic: "sensors/test//pm10"),
            Bad([UInt8](repeating: UInt8(ascii: " "), count: 1 << 20), .tooLarge),
            Bad(String(repeating: "[", count: 100) + String(repeating: "]", count: 100), .tooDeep),
            Bad("", .emptyPayload),
            Bad("{}", .ignoredTopic, topic: "v3/app/devices/dev/join"),
            Bad("{}", .undecodable, topic: "v3/app/devices/dev/up"),
            Bad(#"{"simulated":true,"uplink_message":{}}"#, .simulated, topic: "v3/app/devices/dev/up"),
        ]
    }

    @Test("is counted by reason, kept where it may hold data, and holds up nothing", .timeLimit(.minutes(1)))
    func everyKind() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let bad = BadInputTests.messages
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        for message in bad { try publisher.publish(message.topic, payload: message.payload) }
        // Out of range is no rejection: it is stored, with its flag.
        try publisher.publish("sensors/test/d-1/pm10", payload: Array(#"{"value":99999}"#.utf8))
        try publisher.publish("sensors/test/d-1/pm10", payload: Array(#"{"value":12.5}"#.utf8))
        try publisher.drain()
        publisher.close()
        #expect(await eventually { gateway.storedCount == 2 })
        #expect(gateway.isRunning)

        let reader = try gateway.reader()
        var kept: [QuarantinedMessage] = []
        try reader.forEachHeldMessage {
            kept.append($0.message)
            return true
        }
        let expected = bad.filter { $0.reason.disposition == .quarantined }
        #expect(kept.map(\.rejection.reason) == expected.map(\.reason))
        #expect(kept.map(\.payload) == expected.map(\.payload), "verbatim")
        #expect(kept.map { String(decoding: $0.topic, as: UTF8.self) } == expected.map(\.topic))
        #expect(kept.allSatisfy { !$0.rejection.detail.isEmpty })
        let rejected = try reader.ledger().reduce(into: LedgerCounts()) { $0.add($1.messages) }.rejected
        #expect(rejected == [.emptyPayload: 1, .ignoredTopic: 1, .simulated: 1, .missing: 2])
        var flags: [QualityFlag] = []
        try reader.readings(in: .distantPast..<(.distantFuture)) {
            flags.append($0.flag)
            return true
        }
        #expect(flags == [.fail, .good])
        #expect(try reader.ledger().allSatisfy { $0.isBalanced })
        #expect(gateway.stop() == .exited(0))
    }

    @Test("an unknown device goes into quarantine where the policy says so", .timeLimit(.minutes(1)))
    func unknownDevice() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(
            broker: broker.port, extra: "[devices]\nunknown = \"quarantine\"\n[[device]]\nid = \"known\"")
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        for device in ["known", "stranger"] {
            try publisher.publish("sensors/test/\(device)/pm10", payload: Array(#"{"value":1}"#.utf8))
        }
        try publisher.drain()
        publisher.close()
        #expect(await eventually { gateway.storedCount == 1 })
        #expect(await eventually { gateway.status?.ledger.messages.received == 2 })
        let status = try #require(gateway.status)
        #expect(status.ledger.messages.quarantined == 1)
        #expect(status.sensors.map(\.device) == ["known"])
        #expect(gateway.stop() == .exited(0))
    }

    @Test("the limit on series holds over reloads and restarts, and keeps out no known sensor", .timeLimit(.minutes(1)))
    func seriesLimit() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        let text = try #require(TemporaryDirectory.read(gateway.configurationPath))
        func limitSeries(to count: Int) {
            gateway.directory.write(
                text.replacing("[processing]", with: "[processing]\nmax_series = \(count)"), to: "poort.toml")
        }
        limitSeries(to: 2)
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        func publish(_ devices: [String]) throws {
            for device in devices {
                try publisher.publish("sensors/test/\(device)/pm10", payload: Array(#"{"value":1}"#.utf8))
            }
            try publisher.drain()
        }
        try gateway.start()
        #expect(await gateway.isConnected())
        try publish(["known-1", "known-2"])
        #expect(await eventually { gateway.storedCount == 2 })

        limitSeries(to: 3)
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.log.contains("configuration reloaded") })
        try publish(["new-1", "new-2", "known-1"])
        #expect(await eventually { gateway.storedCount == 4 })
        #expect(gateway.stop() == .exited(0))

        try gateway.start()
        #expect(await gateway.isConnected())
        try publish(["new-3", "new-4", "known-2"])
        #expect(await eventually { gateway.storedCount == 5 })
        #expect(gateway.stop() == .exited(0))
        #expect(try gateway.reader().series().map(\.device) == ["known-1", "known-2", "new-1"])
        publisher.close()
    }
}
