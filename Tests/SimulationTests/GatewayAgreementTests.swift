import FoundationEssentials
import Gateway
import GatewayConfiguration
import Simulation
import Telemetry
import TestKit
import Testing

@Suite("Street and gateway")
struct GatewayAgreementTests {
    private struct Line: Decodable {
        var kind: String
        var device: String?
        var quantity: String?
        var flag: Int?
    }

    private func slow(_ street: Street) -> Street {
        var street = street
        street.intervals = [.air: 120_000, .traffic: 300_000, .bin: 900_000]
        return street
    }

    private func replay(_ street: Street, hours: Double) throws -> (sent: Int, lines: [Line], ledger: [SourceLedger]) {
        let text = StreetConfiguration(street: street).text
        let configuration = try ConfigurationFile.load(text: text, name: "street.toml")
        var lines: [Line] = []
        let replay = try Replay(configuration: configuration)
        let messages = street.messages(hours: hours)
        for message in messages {
            try replay.take(
                CapturedMessage(received: message.published, topic: Array(message.topic.utf8), payload: message.payload)
            )
        }
        try replay.finish { line in
            if let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) { lines.append(line) }
        }
        return (messages.count, lines, try replay.ledger())
    }

    @Test("the configuration loads without a complaint and knows each device's interval")
    func configuration() throws {
        var written = StreetConfiguration(street: Street.of(air: 2, traffic: 1, bins: 1))
        written.databasePath = #"/tmp/a "b" \c"#
        written.socketPath = "/tmp/street.sock"
        written.brokerURL = "mqtt://127.0.0.1:2883"
        let configuration = try ConfigurationFile.load(text: written.text, name: "street.toml")
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.broker.port == 2883)
        #expect(configuration.storage.path == written.databasePath)
        #expect(configuration.storage.commitIntervalMilliseconds == 200)
        #expect(configuration.control.socketPath == "/tmp/street.sock")
        #expect(configuration.sources.map(\.format) == [.json, .theThingsStackV3])
        #expect(configuration.deviceList.map(\.id) == ["aq-0001", "aq-0002", "tr-0001", "bin-0001"])
        #expect(configuration.deviceList.map(\.intervalMilliseconds) == [10_000, 10_000, 60_000, 900_000])
    }

    @Test("the configuration of a large street allows for all its series")
    func largeStreet() throws {
        let street = Street.of(air: 1000, traffic: 1000, bins: 1000)
        let configuration = try ConfigurationFile.load(
            text: StreetConfiguration(street: street).text, name: "street.toml")
        #expect(configuration.processing.seriesLimit == 13_000)
    }

    @Test("every message of a day without faults is stored, as good", .timeLimit(.minutes(2)), arguments: [1, 2])
    func everythingIsStored(seed: UInt64) throws {
        let result = try replay(slow(Street.of(air: 2, traffic: 1, bins: 2, seed: seed)), hours: 24)
        #expect(result.sent > 8000)
        let counts = result.ledger.map(\.messages)
        #expect(counts.reduce(0) { $0 + $1.received } == result.sent)
        #expect(counts.reduce(0) { $0 + $1.stored } == result.sent)
        #expect(!result.lines.contains { $0.kind == "rejection" })
        let readings = result.lines.filter { $0.kind == "reading" }
        #expect(readings.allSatisfy { $0.flag == 1 })
        let series = Set(readings.map { "\($0.device ?? "")/\($0.quantity ?? "")" })
        #expect(series.count == 2 * 5 + 5 + 2 * 3)
    }

    @Test("each fault shows at the gateway as what it is", .timeLimit(.minutes(2)))
    func faultsShow() throws {
        var street = slow(Street.of(air: 2, traffic: 1, bins: 1))
        street.faults.spikes = 0.02
        street.faults.duplicates = 0.05
        street.faults.broken = 0.02
        street.faults.clocksAhead = 0.01
        street.faults.clocksBehind = 0.01
        let result = try replay(street, hours: 24)
        let counts = result.ledger.map(\.messages)
        #expect(counts.reduce(0) { $0 + $1.received } == result.sent)
        #expect(counts.reduce(0) { $0 + $1.duplicate } > 100)
        #expect(counts.reduce(0) { $0 + $1.quarantined } > 150)
        #expect(result.lines.contains { $0.kind == "reading" && $0.flag == 4 })
    }
}
