import Secrets
import Ingest
import MQTT
import TestKit
import Testing

@Suite("BrokerSession and who may connect", .timeLimit(.minutes(1)))
struct BrokerSecurityTests {
    @Test("connects with user name and password, and says what to check when they are wrong")
    func credentials() async throws {
        var options = PrivateBroker.Options()
        options.credentials = (username: "poort", password: "geheim")
        let broker = try PrivateBroker(options)
        let fixture = SessionFixture(at: broker)
        await fixture.expectConnected()
        try broker.publish(["x"])
        await fixture.expectPayloads(["x"])

        var wrong = fixture.options
        wrong.connection.password = Secret("falsch")
        wrong.connection.clientID = "poort-wrong"
        let refused = SessionFixture(wrong)
        await refused.expectError(["127.0.0.1:\(broker.port)", "password_file", "uthorized"])
        #expect(refused.session.status.lastError?.contains("falsch") == false)
        #expect(refused.session.status.connections == 0)
        refused.stop()
    }

    @Test("connects over TLS with a certificate of its own, and hands on what comes")
    func mutualTLS() async throws {
        var options = PrivateBroker.Options()
        options.certificates = try Certificates()
        options.requiresClientCertificate = true
        let broker = try PrivateBroker(options)
        let fixture = SessionFixture(at: broker)
        await fixture.expectConnected()
        let numbers = (0..<300).map { "\($0)" }
        try broker.publish(numbers)
        await fixture.expectPayloads(numbers)

        var bare = fixture.options
        bare.connection.clientID = "poort-bare"
        bare.connection.tls?.certificateFile = nil
        bare.connection.tls?.keyFile = nil
        let refused = SessionFixture(bare)
        #expect(await eventually { refused.session.status.failedAttempts > 0 })
        #expect(refused.session.status.connections == 0)
    }

    @Test("says that a port may speak TLS, or may not, where the other is tried")
    func wrongScheme() async throws {
        var secured = PrivateBroker.Options()
        secured.certificates = try Certificates()
        let broker = try PrivateBroker(secured)
        var plain = SessionFixture.options(at: broker)
        let tls = plain.connection.tls
        plain.connection.tls = nil
        let refused = SessionFixture(plain)
        await refused.expectError(["mqtts://"])
        refused.stop()

        let unsecured = try PrivateBroker()
        var wrong = SessionFixture.options(at: unsecured)
        wrong.connection.tls = tls
        let other = SessionFixture(wrong)
        await other.expectError(["mqtt://"])
        other.stop()
    }

    @Test("refuses a broker whose certificate is of another authority, or for another name, and says so")
    func wrongAuthority() async throws {
        var options = PrivateBroker.Options()
        options.certificates = try Certificates()
        let broker = try PrivateBroker(options)
        var foreign = SessionFixture.options(at: broker)
        let other = try Certificates()
        foreign.connection.tls?.caFile = other.caFile
        let refused = SessionFixture(foreign)
        await refused.expectError(["TLS", "ca_file"])

        var otherName = SessionFixture.options(at: broker)
        otherName.connection.host = "127.0.0.2"
        otherName.connection.clientID = "poort-name"
        let misnamed = SessionFixture(otherName)
        #expect(await eventually { misnamed.session.status.failedAttempts > 0 })
        #expect(misnamed.session.status.connections == 0)
    }

    @Test("names the TLS file that cannot be used")
    func missingFile() async throws {
        let broker = try PrivateBroker()
        var options = SessionFixture.options(at: broker)
        options.connection.tls = MQTTOptions.TLS(caFile: "/nowhere/ca.crt")
        await SessionFixture(options).expectError(["/nowhere/ca.crt"])
    }

    @Test("says that nothing listens, and stops in time while it waits to try again")
    func nobodyThere() async throws {
        var connection = MQTTOptions(host: "127.0.0.1", port: FreePort.next(), clientID: "poort-test")
        connection.sessionExpirySeconds = 60
        let fixture = SessionFixture(
            BrokerOptions(
                connection: connection, subscriptions: ["#"], statusTopic: "s", commitIntervalMilliseconds: 100))
        await fixture.expectError(["onnection refused", "[broker] url"])
        fixture.stop()
        #expect(fixture.session.status.state == .stopped)
    }
}
