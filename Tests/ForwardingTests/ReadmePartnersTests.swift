import Compression
@testable import Forwarding
@testable import Gateway
import GatewayConfiguration
import MQTT
import Telemetry
import TestKit
import Testing

/// Each partner of the README is made from its configuration as it stands there, but for the address and the secrets' places, and
/// delivers to a server of its kind.
@Suite("Partners of the README", .serialized, .timeLimit(.minutes(3)))
struct ReadmePartnersTests {
    private let secrets = TemporaryDirectory()

    private static func partners() throws -> [Configuration.PartnerSection] {
        let text = try #require(TemporaryDirectory.read("\(PackageFolder.path)/README.md"))
        let blocks = text.split(separator: "```toml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        let source = "[[source]]\ntopic = \"{type}/{device}/{quantity}\"\n"
        return try blocks.filter { $0.contains("[[partner]]") }.flatMap { block in
            try ConfigurationFile.load(text: source + block, name: "README.md").partners
        }
    }

    private func partner(_ sink: Configuration.SinkKind, url: String) throws -> Configuration.PartnerSection {
        var partner = try #require(try ReadmePartnersTests.partners().first { $0.sink == sink })
        partner.address.url = url
        partner.address.usesTLS = false
        if partner.access.password != nil { partner.access.password = .file(secret(PostgreSQL.Options().password)) }
        if partner.access.token != nil { partner.access.token = .file(secret("a-token")) }
        partner.access.caFile = nil
        return partner
    }

    private func secret(_ text: String) -> String { secrets.write(text + "\n", to: "secret", mode: 0o640) }

    /// A window that the partner's contract shares, sent by its sink.
    private func deliver(_ partner: Configuration.PartnerSection) throws -> SharedAggregate {
        let rule = try #require(partner.contract.rules.first)
        let tier = try #require(rule.tiers.min())
        let series = SharedRows.series(
            device: "d-1", quantity: rule.quantities?.min() ?? "pm2_5", type: rule.deviceTypes?.min() ?? "air_quality")
        let row = SharedAggregate(
            SharedRows.gauge(tier: tier), series: series, revision: 1, fields: partner.contract.fields)
        let sink = try SinkMaker(partner: partner, gateway: "stadshagen-01").make()
        defer { sink.disconnect() }
        try sink.resume(at: nil)
        let delivery = try sink.deliver([row])
        #expect(delivery.outcomes.allSatisfy { $0 == .taken }, "\(partner.name): \(delivery.outcomes)")
        #expect(!sink.preview([row]).contains("a-token"))
        return row
    }

    @Test("are one of each kind at least")
    func kinds() throws {
        #expect(Set(try ReadmePartnersTests.partners().map(\.sink)) == Set(Configuration.SinkKind.allCases))
    }

    @Test("an MQTT broker with TLS and a client certificate")
    func mqtt() throws {
        var options = PrivateBroker.Options()
        let certificates = try Certificates()
        options.certificates = certificates
        options.requiresClientCertificate = true
        let broker = try PrivateBroker(options)
        var partner = try partner(.mqtt, url: "mqtts://localhost:\(broker.port)")
        partner.access.caFile = certificates.caFile
        partner.access.certificateFile = certificates.clientCertificateFile
        partner.access.keyFile = certificates.clientKeyFile
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "reader"), filters: ["#"])
        let row = try deliver(partner)
        var topics: [String] = []
        var payloads: [String] = []
        for _ in 0..<100 where topics.isEmpty {
            try subscriber.receive(milliseconds: 50) {
                topics.append(String(decoding: $0.topic, as: UTF8.self))
                payloads.append(String(decoding: $0.payload, as: UTF8.self))
            }
        }
        #expect(topics == ["zwolle/stadshagen-01/air_quality/d-1/pm2_5/1m"])
        #expect(payloads == [AggregateJSON.text(row)])
    }

    @Test("InfluxDB 2's interface, with its token, and VictoriaMetrics")
    func lineProtocol() throws {
        let server = try SmallHTTPServer { _ in SmallHTTPServer.Response(204, "") }
        let dashboard = try partner(.lineProtocol, url: "\(server.url)/api/v2/write?org=zwolle&bucket=street")
        #expect(dashboard.name == "dashboard")
        _ = try deliver(dashboard)
        let request = try #require(server.requests.first)
        #expect(request.path == "/api/v2/write" && request.query == "org=zwolle&bucket=street&precision=ms")
        #expect(request.headers.contains { $0.name.lowercased() == "authorization" && $0.value == "Token a-token" })
        let lines = String(decoding: try #require(Gzip.decompress(request.body)), as: UTF8.self)
        #expect(lines.hasPrefix("no2,device=d-1,gateway=stadshagen-01,"))

        let metrics = try VictoriaMetrics()
        var second = try #require(try ReadmePartnersTests.partners().first { $0.name == "metrics" })
        second.address.url = metrics.writeURL
        let row = try deliver(second)
        let samples = try metrics.export("pm2_5_mean")
        // A correction would lie a millisecond behind it.
        #expect(samples.map(\.milliseconds) == [row.window.start.milliseconds + 1])
    }

    @Test("a SensorThings server")
    func sensorThings() throws {
        let fake = FakeSensorThings()
        let server = try SmallHTTPServer(fake.handler)
        let row = try deliver(try partner(.sensorThings, url: "\(server.url)/v1.1"))
        let observations = fake.entities("Observations")
        #expect(observations.count == 1 && observations.first?["result"]?.number == row.mainFigure)
        #expect(
            server.requests.allSatisfy { request in
                request.headers.contains { $0.name.lowercased() == "authorization" && $0.value.hasPrefix("Basic ") }
            })
    }

    @Test("a context broker")
    func ngsiLD() throws {
        let fake = FakeBroker()
        let server = try SmallHTTPServer(fake.handler)
        _ = try deliver(try partner(.ngsiLD, url: server.url))
        #expect(fake.entities.count == 1)
        #expect(
            server.requests.contains { request in
                request.headers.contains { $0.name.lowercased() == "ngsild-tenant" && $0.value == "zwolle" }
            })
    }

    @Test("a feature layer, with the figures that are named alone")
    func arcGIS() throws {
        let fake = FakeFeatureLayer()
        let server = try SmallHTTPServer(fake.handler)
        _ = try deliver(try partner(.arcGIS, url: "\(server.url)/FeatureServer/0"))
        let feature = try #require(fake.features.values.first)
        #expect(fake.features.count == 1)
        let attributes = feature["attributes"] ?? feature
        // As a layer writes it whose database has the word to itself.
        #expect(attributes["last_"]?.number != nil && attributes["mean"]?.number == nil, "\(feature.text)")
    }

    @Test("PostgreSQL, in the table that is named")
    func postgreSQL() throws {
        let server = try PostgreSQL()
        try server.execute(
            "CREATE SCHEMA street AUTHORIZATION \(PostgreSQL.user)", in: PostgreSQL.database)
        let url = "postgresql://\(PostgreSQL.user)@127.0.0.1:\(server.port)/\(PostgreSQL.database)"
        _ = try deliver(try partner(.postgreSQL, url: url))
        let rows = try server.rows("SELECT device, tier, revision FROM street.aggregates")
        #expect(rows == [["d-1", "1h", "1"]])
    }

    @Test("Kafka, in the topic that is named")
    func kafka() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street.aggregates", partitions: 1)
        let partner = try partner(.kafka, url: "kafka://\(cluster.servers.joined(separator: ","))")
        let row = try deliver(partner)
        let records = try #require(cluster.records("street.aggregates", partitions: 1))
        #expect(records.map(\.value) == [AggregateJSON.text(row)])
    }

    @Test("a stick, once one is there")
    func file() throws {
        let stick = TemporaryDirectory()
        var partner = try partner(.file, url: "")
        #expect(partner.details.mustBeMounted == true)
        partner.details.directory = stick.path
        // Nothing is mounted in the place of this test's directory, and nothing is written.
        let sink = try SinkMaker(partner: partner, gateway: "g").make()
        #expect(throws: SinkFailure.self) {
            try sink.resume(at: nil)
            _ = try sink.deliver([
                SharedAggregate(SharedRows.gauge(tier: .hour), series: SharedRows.series(), revision: 1)
            ])
        }
        partner.details.mustBeMounted = nil
        let row = try deliver(partner)
        let name = try #require(TemporaryDirectory.names(in: stick.path).first { $0.hasSuffix(".ndjson") })
        #expect(TemporaryDirectory.read(stick.file(name)) == AggregateJSON.text(row) + "\n")
    }
}
