import FoundationEssentials
import Glibc
import MQTT
import TestKit
import Testing

@Suite("poort simulate", .serialized, .timeLimit(.minutes(2)))
struct SimulateCommandTests {
    private static let lively = [
        "--air", "4", "--traffic", "2", "--bins", "2", "--air-interval", "200ms", "--traffic-interval", "500ms",
        "--bin-interval", "1s",
    ]

    private func simulate(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess(Executable.poort, ["simulate"] + arguments + SimulateCommandTests.lively)
    }

    @Test("everything that it publishes arrives, each kind of it")
    func arrives() throws {
        let broker = try PrivateBroker()
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "listener"), filters: ["#"])
        let command = try simulate("--broker", "mqtt://127.0.0.1:\(broker.port)", "--seconds", "3")
        let inbox = Inbox()
        while command.isRunning { try inbox.receive(from: subscriber) }
        #expect(command.wait() == .exited(0), "\(command.standardError)")
        for _ in 0..<5 { try inbox.receive(from: subscriber) }
        let summary = command.standardError
        #expect(inbox.topics.count > 250)
        #expect(summary.hasPrefix("poort simulate: \(inbox.topics.count) messages (air "))
        #expect(summary.hasSuffix("all acknowledged\n"))
        #expect(
            Set(inbox.topics.filter { !$0.hasSuffix("/speed") }).count == 4 * 5 + 2 * 4 + 2,
            "no speed where nobody passed")
        #expect(command.standardOutput.isEmpty)
    }

    @Test("comes back to a broker that went away, and leaves nothing unacknowledged")
    func reconnects() throws {
        let broker = try PrivateBroker()
        let command = try simulate("--broker", "mqtt://127.0.0.1:\(broker.port)", "--seconds", "6")
        usleep(1_500_000)
        broker.kill()
        usleep(1_000_000)
        try broker.start()
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "listener"), filters: ["#"])
        let inbox = Inbox()
        while command.isRunning { try inbox.receive(from: subscriber) }
        #expect(command.wait() == .exited(0), "\(command.standardError)")
        #expect(inbox.topics.count > 200)
        #expect(command.standardError.hasSuffix("all acknowledged\n"))
    }

    @Test("ends in an orderly way on SIGINT, with the broker there or not", arguments: [true, false])
    func interruption(isBrokerThere: Bool) throws {
        let broker = try PrivateBroker()
        let command = try simulate("--broker", "mqtt://127.0.0.1:\(broker.port)")
        usleep(1_000_000)
        if !isBrokerThere {
            broker.kill()
            usleep(700_000)
        }
        command.send(SIGINT)
        #expect(command.wait(milliseconds: 15_000) == .exited(isBrokerThere ? 0 : 69), "\(command.standardError)")
        #expect(command.standardError.hasPrefix("poort simulate: "))
    }

    @Test(
        "tells what to do when it cannot",
        arguments: [
            (["--broker", "mqtt://127.0.0.1:1"], Int32(69), "nothing listens there"),
            (["--broker", "localhost"], 64, "mqtt://127.0.0.1:1883"),
            (["--spikes", "2"], 64, "from 0 (never) to 1 (always)"),
            (["--capture", "--seconds", "3"], 64, "--duration"),
            (["--from", "2026-11-23T00:00:00Z"], 64, "--capture"),
            (["--config", "/nowhere/poort.toml"], 78, "/nowhere/poort.toml"),
            (["--capture", "--timezone", "Mars/Base"], 64, "Europe/Amsterdam"),
            (["--neighbourhoods", "7"], 64, "1 to 6"),
        ])
    func failures(arguments: [String], code: Int32, words: String) throws {
        let command = try ChildProcess(Executable.poort, ["simulate"] + arguments)
        #expect(command.wait() == .exited(code))
        #expect(command.standardError.contains(words), "\(command.standardError)")
    }

    @Test("lists the faults that it injects into a capture")
    func faults() throws {
        let directory = TemporaryDirectory()
        let list = directory.file("faults.ndjson")
        let run = try simulate(
            "--from", "2026-11-23T07:00:00Z", "--duration", "10m", "--capture", "--spikes", "0.01", "--broken", "0.01",
            "--stuck", "1", "--faults", list)
        #expect(run.wait() == .exited(0), "\(run.standardError)")
        let lines = (TemporaryDirectory.read(list) ?? "").split(separator: "\n")
        #expect(lines.count { $0.contains(#""fault":"spike""#) && $0.hasSuffix(#""found_by":"spike"}"#) } > 10)
        #expect(lines.contains { $0.contains(#""fault":"broken""#) && $0.contains(#""found_by":"undecodable""#) })
        // What goes on when the capture ends.
        #expect(lines.contains { $0.contains(#""fault":"stuck""#) && $0.contains(#""end":null"#) })
        let nowhere = try simulate("--capture", "--duration", "1m", "--faults", "/nowhere/faults.ndjson")
        #expect(nowhere.wait() == .exited(1))
        #expect(nowhere.standardError.contains("cannot write /nowhere/faults.ndjson"))
    }

    @Test("writes the same capture twice, which the gateway's own configuration replays")
    func capture() throws {
        let directory = TemporaryDirectory()
        let arguments = ["--from", "2026-11-23T07:00:00Z", "--duration", "10m", "--capture", "--broken", "0.05"]
        let first = try ChildProcess(Executable.poort, ["simulate"] + arguments)
        let second = try ChildProcess(Executable.poort, ["simulate"] + arguments)
        #expect(first.wait() == .exited(0))
        #expect(second.wait() == .exited(0))
        #expect(first.standardOutput == second.standardOutput)
        #expect(first.standardOutput.split(separator: "\n").count > 1000)
        let configuration = try ChildProcess(
            Executable.poort,
            ["simulate", "--configuration", "--database", directory.file("db"), "--socket", directory.file("socket")])
        #expect(configuration.wait() == .exited(0))
        let path = directory.write(configuration.standardOutput, to: "street.toml")
        let check = try ChildProcess(Executable.poort, ["check", "--config", path])
        #expect(check.wait() == .exited(0), "\(check.standardOutput)")
        let replay = try ChildProcess(
            Executable.poort, ["replay", "--config", path, directory.write(first.standardOutput, to: "day.ndjson")])
        #expect(replay.wait() == .exited(0), "\(replay.standardError)")
        #expect(replay.standardOutput.contains("\"kind\":\"aggregate\""))
    }
}

/// What a subscriber has heard.
private final class Inbox {
    private(set) var topics: [String] = []

    func receive(from subscriber: MQTTSubscriber) throws {
        try subscriber.receive(milliseconds: 100) { self.topics.append(String(decoding: $0.topic, as: UTF8.self)) }
    }
}

/// The program beside the test bundle that this is part of.
private enum Executable {
    static let poort: String = {
        // Whatever runs the tests has the bundle mapped.
        let maps = TemporaryDirectory.read("/proc/self/maps") ?? ""
        guard let line = maps.split(separator: "\n").first(where: { $0.hasSuffix(".xctest") }),
            let start = line.firstIndex(of: "/"), let end = line.lastIndex(of: "/")
        else { fatalError("cannot tell where the tests lie") }
        return line[start...end] + "poort"
    }()
}
