import Glibc
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// A technician meets a sensor that nobody has told the gateway of.
@Suite("Adopting a device", .serialized, .timeLimit(.minutes(2)))
struct AdoptionTests {
    private static func uplink(_ counter: Int, temperature: Double) -> [UInt8] {
        let time = (Timestamp.now() - Int64(600_000 - counter * 1000)).description
        return Array(
            (#"{"end_device_ids":{"device_id":"aq-zuid-3","dev_eui":"70B3D5499A2C1F04"},"received_at":"\#(time)","#
                + #""uplink_message":{"session_key_id":"AXA50tHGUUucuzS/bCGMNw==","f_cnt":\#(counter),"#
                + #""decoded_payload":{"temperature":\#(temperature)},"received_at":"\#(time)"}}"#).utf8)
    }

    private func expectBalance(of gateway: GatewayProcess, location: SourceLocation = #_sourceLocation) throws {
        let ledger = try gateway.command(["ledger", "--config", gateway.configurationPath, "--verify"])
        #expect(ledger.ending == .exited(0), "\(ledger.output)\(ledger.errors)", sourceLocation: location)
    }

    /// Runs a command where a person sits and answers. Source: script(1) of util-linux.
    private func atTerminal(
        _ arguments: [String], answer: String
    ) throws -> (ending: ChildProcess.Ending?, output: String) {
        let command = ([GatewayProcess.executable] + arguments).joined(separator: " ")
        let run = try ChildProcess("/bin/sh", ["-c", "echo \(answer) | script -qec '\(command)' /dev/null"])
        return (run.wait(), run.standardOutput)
    }

    @Test("is told its name, adds what is printed, and has the held messages back, with every message accounted for")
    func adopt() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, extra: "[devices]\nunknown = \"quarantine\"")
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "network-server"))
        for counter in 1...5 {
            try publisher.publish(
                "v3/city@ttn/devices/aq-zuid-3/up",
                payload: AdoptionTests.uplink(counter, temperature: 20 + Double(counter) / 4))
        }
        try publisher.drain()
        publisher.close()
        #expect(await eventually { (try? gateway.reader().heldMessages(limit: 10).count) == 5 })
        #expect(gateway.storedCount == 0)
        try expectBalance(of: gateway)

        let list = try gateway.command(["quarantine", "list", "--config", gateway.configurationPath])
        #expect(list.output.contains("unknown_device") && list.output.contains("aq-zuid-3"), "\(list.output)")
        let show = try gateway.command(["quarantine", "show", "1", "--payload", "--config", gateway.configurationPath])
        #expect(show.output.contains(#""device_id":"aq-zuid-3""#), "verbatim")
        let unknown = try gateway.command(["sensors", "--unknown", "--config", gateway.configurationPath])
        #expect(unknown.output.contains("aq-zuid-3") && unknown.output.contains("[[device]]"), "\(unknown.output)")
        // Nothing has changed yet, so nothing comes out of it.
        let early = try gateway.command(["quarantine", "replay", "--all", "--config", gateway.configurationPath])
        #expect(early.ending == .exited(1) && early.output.contains("5 put aside again"), "\(early)")

        let snippet = try gateway.command(
            ["sensors", "--unknown", "--snippet", "--config", gateway.configurationPath]).output
        #expect(snippet.contains(#"id = "aq-zuid-3""#) && snippet.contains("70B3D5499A2C1F04"), "\(snippet)")
        mkdir(gateway.directory.file("conf.d"), 0o755)
        gateway.directory.write(snippet, to: "conf.d/devices.toml")
        let check = try gateway.command(["check", "--config", gateway.configurationPath])
        #expect(check.ending == .exited(0), "\(check.output)\(check.errors)")
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.log.contains("configuration reloaded") })
        try expectBalance(of: gateway)

        let replay = try gateway.command(
            ["quarantine", "replay", "--reason", "unknown_device", "--config", gateway.configurationPath])
        #expect(replay.ending == .exited(0) && replay.output.contains("5 stored"), "\(replay)")
        #expect(gateway.storedCount == 5)
        try expectBalance(of: gateway)
        let ledger = try gateway.reader().ledger().reduce(into: LedgerCounts()) { $0.add($1.messages) }
        #expect(ledger.received == 5 && ledger.stored == 5 && ledger.quarantined == 0)

        let again = try gateway.command(["quarantine", "replay", "--all", "--config", gateway.configurationPath])
        #expect(again.ending == .exited(0) && again.output.contains("no message"), "\(again)")
        #expect(gateway.storedCount == 5)
        let none = try gateway.command(["sensors", "--unknown", "--config", gateway.configurationPath])
        #expect(none.output.contains("every device that sends is in the configuration"))
        #expect(gateway.stop() == .exited(0))
    }

    @Test("replays nothing twice when the daemon is killed amid it, and drops what is not wanted")
    func killedAmidReplay() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, extra: "[devices]\nunknown = \"quarantine\"")
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        let count = 3000
        for number in 0..<count {
            try publisher.publish("sensors/test/d-\(number % 7)/pm10", payload: Array(#"{"value":\#(number)}"#.utf8))
        }
        try publisher.drain()
        publisher.close()
        #expect(await eventually { (try? gateway.reader().holdings().quarantined) == count })
        mkdir(gateway.directory.file("conf.d"), 0o755)
        gateway.directory.write("[devices]\nunknown = \"accept\"\n", to: "conf.d/accept.toml")
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.log.contains("configuration reloaded") })
        for _ in 0..<3 {
            let replay = try ChildProcess(
                GatewayProcess.executable, ["quarantine", "replay", "--all", "--config", gateway.configurationPath])
            let before = gateway.storedCount
            #expect(await eventually { gateway.storedCount > before || !replay.isRunning })
            gateway.kill()
            #expect(replay.wait() != nil)
            try gateway.start()
            #expect(await gateway.isConnected())
        }
        let rest = try gateway.command(["quarantine", "replay", "--all", "--config", gateway.configurationPath])
        #expect(rest.ending == .exited(0), "\(rest)")
        #expect(gateway.storedCount == count)
        var values: [Double: Int] = [:]
        try gateway.reader().readings(in: .distantPast..<(.distantFuture)) {
            values[$0.value, default: 0] += 1
            return true
        }
        #expect(values.count == count && values.values.allSatisfy { $0 == 1 })
        try expectBalance(of: gateway)

        let bad = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        try bad.publish("sensors/test/d-1/pm10", payload: Array("{".utf8))
        try bad.drain()
        bad.close()
        #expect(await eventually { (try? gateway.reader().holdings().quarantined) == 1 })
        let wish = ["quarantine", "drop", "--reason", "undecodable", "--config", gateway.configurationPath]
        let unsure = try atTerminal(wish, answer: "n")
        #expect(unsure.ending == .exited(1) && unsure.output.contains("nothing was removed"), "\(unsure)")
        #expect(unsure.output.contains("remove all messages in quarantine put aside as undecodable for good? [y/N]"))
        #expect(try gateway.reader().holdings().quarantined == 1)
        let drop = try gateway.command(wish)
        #expect(drop.ending == .exited(0) && drop.output.contains("1 removed"), "\(drop)")
        #expect(try gateway.reader().holdings().quarantined == 0)
        try expectBalance(of: gateway)
        #expect(gateway.stop() == .exited(0))
        let offline = try gateway.command(["quarantine", "replay", "--all", "--config", gateway.configurationPath])
        #expect(offline.ending == .exited(69))
    }
}
