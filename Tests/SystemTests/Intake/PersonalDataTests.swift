import Control
import Glibc
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// What tells of a person is in no file and no output, wherever in a message it came; what the city's own sensors say is.
@Suite("Personal data", .serialized, .timeLimit(.minutes(2)))
struct PersonalDataTests {
    private static let secrets = [
        "A4:83:E7:0B:12:9C", "a4-83-e7-0b-12-9d", "a483.e70b.129f", "a483e70b129e", "204043123456789",
        "861234567890124", "GBB-01-B", "hk-123-x", "HKX12Z", "31612345678", "Jansen",
    ]

    private static let configuration = """
        [privacy]
        keys = ["resident"]
        [[source]]
        name = "lines"
        topic = "lines/#"
        format = "line-protocol"
        device = "dev"
        [[source]]
        name = "packs"
        topic = "packs/{device}"
        format = "senml"
        [[source]]
        name = "plain"
        topic = "plain/{device}/{quantity}"
        format = "scalar"
        [[device]]
        id = "00:11:22:33:44:55"
        """

    private struct Sent {
        var topic: String
        var payload: [UInt8]

        init(_ topic: String, _ payload: String) { self.init(topic, Array(payload.utf8)) }

        init(_ topic: String, _ payload: [UInt8]) {
            self.topic = topic
            self.payload = payload
        }
    }

    /// Names: let go.
    private static let named = [
        Sent("sensors/people/A4:83:E7:0B:12:9C/pm10", #"{"value":1}"#),
        Sent("sensors/people/scanner-a4-83-e7-0b-12-9d/pm10", #"{"value":1}"#),
        Sent("sensors/people/scanner/204043123456789", #"{"value":1}"#),
        Sent("sensors/cars/GBB-01-B/speed", #"{"value":31}"#),
        Sent("packs/861234567890124", #"[{"n":"temperature","v":20}]"#),
        Sent("v3/app/devices/x/up", uplink(device: "204043123456789")),
    ]

    /// Whole, or in part: what is good of them is stored.
    private static let good = [
        Sent("sensors/air/aq-1/pm10", #"{"value":12.5,"mac":"a483e70b129e","seen":["A4:83:E7:0B:12:9C"]}"#),
        Sent("lines/a", "air,dev=aq-1 temperature=21.5\nair,dev=GBB-01-B temperature=1\nair,dev=aq-2 temperature=22"),
        Sent("sensors/air/00:11:22:33:44:55/pm10", #"{"value":13}"#),
    ]

    /// Put aside, masked.
    private static let held = [
        Sent("sensors/air/aq-2/pm10", #"{"value":1,"mac":"a483e70b129e","car":{"plate":"HKX12Z"#),
        Sent("sensors/air/aq-2/pm10", #"{"value":"GBB-01-B","faces":[{"name":"Jansen"}],"resident":"Jansen"}"#),
        Sent("sensors/air/aq-2/happiness", #"{"value":1,"imei":861234567890124,"note":"of HK-123-X"}"#),
        Sent("sensors/people/aq-2/pm10", #"{"A4:83:E7:0B:12:9C":-70,"hk-123-x":1}"#),
        Sent("lines/b", "air,dev=aq-3,mac=a483e70b129e temperature=23,humidity=a483.e70b.129f,imsi=204043123456789i"),
        Sent("packs/aq-4", #"[{"n":"temperature","v":20},{"n":"temperature","u":"hk-123-x","v":1}]"#),
        Sent("plain/aq-5/temperature", "call +31612345678 of GBB-01-B"),
        Sent("plain/aq-5/humidity", "a4-83-e7-0b-12-9d,204043123456789,hk-123-x"),
        Sent("sensors/air/aq-2/pm10", [0x0A, 0x11] + Array("A4:83:E7:0B:12:9C".utf8) + [0xFF, 0xFE]),
        Sent("sensors/air/00:11:22:33:44:55/pm10", #"{"value":"#),
    ]

    /// Put aside, and read once there is a source for them.
    private static let late = [
        Sent("late/aq-9/pm10", #"{"value":7.5,"mac":"a483e70b129e","seen":204043123456789,"by":"GBB-01-B"}"#),
        Sent("late/A4:83:E7:0B:12:9C/pm10", #"{"value":8}"#),
    ]

    private static func uplink(device: String) -> String {
        let time = Timestamp.now().description
        return #"{"end_device_ids":{"device_id":"\#(device)"},"received_at":"\#(time)","uplink_message":{"f_cnt":1,"#
            + #""decoded_payload":{"temperature":20},"received_at":"\#(time)"}}"#
    }

    private func expectNothingPersonal(
        in bytes: some Sequence<UInt8>, _ place: String, location: SourceLocation = #_sourceLocation
    ) {
        let text = Array(bytes).map { $0 | 0x20 }
        for secret in PersonalDataTests.secrets {
            let pattern = secret.utf8.map { $0 | 0x20 }
            #expect(text.firstRange(of: pattern) == nil, "\(secret) in \(place)", sourceLocation: location)
        }
    }

    private func expectNothingPersonal(inFilesOf gateway: GatewayProcess) {
        let names = TemporaryDirectory.names(in: gateway.directory.path).filter {
            $0.hasPrefix("poort.db") || $0 == "log"
        }
        #expect(names.contains("poort.db") && names.contains("log"))
        for name in names {
            expectNothingPersonal(in: TemporaryDirectory.bytes(of: gateway.directory.file(name)) ?? [], name)
        }
    }

    @Test("reach no partner: what is shared of a message with a phone in it is its reading alone")
    func partners() async throws {
        let broker = try PrivateBroker()
        let stick = TemporaryDirectory()
        let gateway = GatewayProcess(
            broker: broker.port,
            extra: """
                [[partner]]
                name = "stick"
                sink = "file"
                directory = "\(stick.path)"
                share = [{ tier = ["1m", "15m", "1h"] }]
                """)
        try gateway.start()
        #expect(await gateway.isConnected())
        let time = Traffic.recentHour().milliseconds
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        for (topic, more) in [
            ("sensors/air/aq-1/pm10", "\"mac\":\"A4:83:E7:0B:12:9C\",\"imsi\":204043123456789,\"plate\":\"GBB-01-B\""),
            ("sensors/people/A4:83:E7:0B:12:9C/pm10", "\"x\":1"), ("sensors/cars/GBB-01-B/speed", "\"x\":1"),
            ("sensors/people/204043123456789/pm10", "\"x\":1"), ("sensors/a4-83-e7-0b-12-9d/aq-2/pm10", "\"x\":1"),
        ] {
            try publisher.publish(topic, payload: Array("{\"value\":12.5,\"ts\":\(time),\(more)}".utf8))
        }
        try publisher.drain()
        publisher.close()
        // A minute, a quarter and an hour of each of the two devices that are none.
        let isShared = await eventually(within: .seconds(40)) {
            gateway.status?.partners.first.map { $0.delivered >= 6 && $0.pending == 0 } ?? false
        }
        #expect(isShared, "\(gateway.status?.partners ?? [])\n\(gateway.log.suffix(1000))")
        #expect(gateway.stop() == .exited(0))
        let names = TemporaryDirectory.names(in: stick.path).filter { $0.hasSuffix(".ndjson") }
        let bytes = names.flatMap { TemporaryDirectory.bytes(of: stick.file($0)) ?? [] }
        expectNothingPersonal(in: bytes, "what the partner has")
        expectNothingPersonal(inFilesOf: gateway)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 6 && lines.count { $0.contains("\"device\":\"aq-1\"") } == 3)
    }

    @Test("reach neither the database nor its log, the daemon's log, or any output, and all is accounted for")
    func everywhere() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, extra: PersonalDataTests.configuration)
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        let all = PersonalDataTests.named + PersonalDataTests.good + PersonalDataTests.held
        for message in all { try publisher.publish(message.topic, payload: message.payload) }
        try publisher.drain()
        publisher.close()
        #expect(await eventually { gateway.status?.ledger.messages.received == all.count })
        #expect(TemporaryDirectory.names(in: gateway.directory.path).contains("poort.db-wal"))
        expectNothingPersonal(inFilesOf: gateway)
        try expectNothingPersonal(inOutputOf: gateway)

        let ledger = try gateway.reader().ledger()
        #expect(ledger.allSatisfy { $0.isBalanced })
        let total = ledger.reduce(into: LedgerCounts()) { $0.add($1.messages) }
        #expect(total.rejected == [.personalData: PersonalDataTests.named.count])
        #expect(total.stored == PersonalDataTests.good.count)
        let readings = ledger.reduce(into: LedgerCounts()) { $0.add($1.readings) }
        #expect(readings.rejected == [.personalData: PersonalDataTests.named.count + 1])
        let devices = try gateway.reader().series().map(\.device)
        #expect(Set(devices) == ["aq-1", "aq-2", "aq-3", "aq-4", "00:11:22:33:44:55"])
        let own = try gateway.reader().heldMessages(limit: 100).filter {
            String(decoding: $0.message.topic, as: UTF8.self).contains("00:11:22:33:44:55")
        }
        #expect(own.count == 1)

        #expect(gateway.stop() == .exited(0))
        expectNothingPersonal(inFilesOf: gateway)
    }

    private func expectNothingPersonal(inOutputOf gateway: GatewayProcess) throws {
        let reader = try gateway.reader()
        let numbers = try reader.heldMessages(limit: 100).map { String($0.id) }
        #expect(numbers.count == PersonalDataTests.held.count)
        let commands =
            [["quarantine", "list"], ["quarantine", "list", "--json"], ["quarantine", "list", "--capture"]]
            + numbers.map { ["quarantine", "show", $0] } + numbers.map { ["quarantine", "show", $0, "--json"] }
            + [["sensors"], ["ledger"], ["status"]]
        for command in commands {
            let run = try gateway.command(command + ["--config", gateway.configurationPath])
            #expect(!run.output.isEmpty, "\(command) \(run.errors)")
            expectNothingPersonal(in: (run.output + run.errors).utf8, "\(command)")
        }
    }

    @Test("a message that was masked can be read later, and a name in it is let go then")
    func replay() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(
            broker: broker.port,
            extra: "[[source]]\nname = \"late\"\ntopic = \"late/{device}/{quantity}\"\nformat = \"scalar\"")
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        for message in PersonalDataTests.late { try publisher.publish(message.topic, payload: message.payload) }
        try publisher.drain()
        publisher.close()
        #expect(await eventually { (try? gateway.reader().heldMessages(limit: 10).count) == 2 })
        expectNothingPersonal(inFilesOf: gateway)

        let text = try #require(TemporaryDirectory.read(gateway.configurationPath))
        gateway.directory.write(
            text.replacing("format = \"scalar\"", with: "format = \"json\"\nvalue = \"value\""), to: "poort.toml")
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.log.contains("configuration reloaded") })
        let replay = try gateway.command(["quarantine", "replay", "--all", "--config", gateway.configurationPath])
        #expect(replay.ending == .exited(0), "\(replay)")
        #expect(try gateway.reader().series().map(\.device) == ["aq-9"])
        #expect(gateway.storedCount == 1)
        let total = try gateway.reader().ledger().reduce(into: LedgerCounts()) { $0.add($1.messages) }
        #expect(total.received == 2 && total.stored == 1 && total.rejected == [.personalData: 1])
        let verify = try gateway.command(["ledger", "--config", gateway.configurationPath, "--verify"])
        #expect(verify.ending == .exited(0), "\(verify.output)")
        #expect(gateway.stop() == .exited(0))
        expectNothingPersonal(inFilesOf: gateway)
    }

    @Test("are masked in what is recorded, unless it is asked for")
    func record() throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, extra: PersonalDataTests.configuration)
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        let (topic, own) = ("crowd/A4:83:E7:0B:12:9C/rssi", #""own":"00:11:22:33:44:55""#)
        try publisher.publish(
            topic, payload: Array(#"{"value":1,"plate":"HKX12Z",\#(own),"resident":"Jansen"}"#.utf8), isRetained: true)
        try publisher.drain()
        publisher.close()
        let command = ["record", "--config", gateway.configurationPath, "--topic", "crowd/#", "--count", "1"]
        let masked = try gateway.command(command + ["--seconds", "20"])
        #expect(masked.ending == .exited(0), "\(masked.errors)")
        expectNothingPersonal(in: masked.output.utf8, "the capture")
        #expect(masked.output.contains("00:11:22:33:44:55") && masked.output.contains("crowd/x0:00:x0:0x:00:0x/rssi"))
        let verbatim = try gateway.command(command + ["--verbatim", "--seconds", "20"])
        #expect(verbatim.output.contains(topic) && verbatim.output.contains("Jansen"))
    }
}
