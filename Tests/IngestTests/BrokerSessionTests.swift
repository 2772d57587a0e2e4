import Ingest
import MQTT
import TestKit
import Testing

@Suite("BrokerSession", .timeLimit(.minutes(1)))
struct BrokerSessionTests {
    private let broker: PrivateBroker

    init() throws {
        broker = try PrivateBroker()
    }

    private let numbers = (0..<10).map { "\($0)" }

    @Test("hands on what is published, in order, and leaves nothing in the broker's queue")
    func receives() async throws {
        do {
            let fixture = SessionFixture(at: broker)
            await fixture.expectConnected()
            try broker.publish(numbers)
            await fixture.expectPayloads(numbers)
            #expect(fixture.line.messages.allSatisfy { $0.topic == "in/d" && $0.packetID > 0 && !$0.isRetained })
            #expect(fixture.line.connections == [false])
            fixture.stop()
        }
        let second = SessionFixture(at: broker)
        await second.expectConnected()
        try broker.publish(["marker"])
        await second.expectPayloads(["marker"])
        #expect(second.line.connections == [true])
    }

    @Test("acknowledges nothing that is not committed: a failed commit brings it all again")
    func failedCommit() async throws {
        let fixture = SessionFixture(at: broker, holdsCommits: true)
        await fixture.expectConnected()
        try broker.publish(numbers)
        #expect(await eventually { fixture.line.payloads.count == 10 && fixture.line.requested > 0 })
        let first = fixture.line.messages
        #expect(fixture.session.status.unacknowledged > 0)
        fixture.line.forget()
        fixture.line.failCommit()
        #expect(await eventually { fixture.line.payloads.count == 10 })
        #expect(fixture.line.messages == first, "the same messages, with the same packet ids")
        #expect(fixture.line.connections == [false, true])
        fixture.line.letCommit()
        await fixture.expectPayloads(numbers)
    }

    @Test("stops in time without a commit, and the next session gets what was not committed")
    func stopWithoutCommit() async throws {
        do {
            let fixture = SessionFixture(at: broker, holdsCommits: true)
            await fixture.expectConnected()
            try broker.publish(numbers)
            #expect(await eventually { fixture.line.payloads.count == 10 })
            fixture.stop()
            #expect(fixture.session.status.state == .stopped)
        }
        let second = SessionFixture(at: broker)
        await second.expectPayloads(numbers)
        #expect(second.line.connections == [true])
    }

    @Test("reads nothing while the storage is not ready, and all of it afterwards")
    func waitsForStorage() async throws {
        let fixture = SessionFixture(at: broker)
        await fixture.expectConnected()
        fixture.line.setStorageReady(false)
        #expect(await eventually { fixture.session.status.state != .connected })
        try broker.publish(numbers)
        #expect(await eventually { fixture.session.status.state == .waitingForStorage })
        #expect(fixture.line.payloads.isEmpty)
        fixture.line.setStorageReady(true)
        await fixture.expectPayloads(numbers)
    }

    @Test("gets what was published while it was away")
    func away() async throws {
        do {
            let fixture = SessionFixture(at: broker)
            await fixture.expectConnected()
            fixture.stop()
        }
        try broker.publish(numbers)
        let second = SessionFixture(at: broker)
        await second.expectPayloads(numbers)
        #expect(second.line.connections == [true])
    }

    @Test("takes more than a window at a time")
    func manyWindows() async throws {
        var options = SessionFixture.options(at: broker)
        options.connection.receiveMaximum = 7
        let fixture = SessionFixture(options)
        await fixture.expectConnected()
        let many = (0..<200).map { "\($0)" }
        try broker.publish(many)
        await fixture.expectPayloads(many)
    }

    @Test("comes back when the broker was restarted, with its session")
    func brokerRestarts() async throws {
        var keeping = PrivateBroker.Options()
        keeping.isPersistent = true
        let broker = try PrivateBroker(keeping)
        let fixture = SessionFixture(at: broker)
        await fixture.expectConnected()
        broker.stop()
        await fixture.expectError(["127.0.0.1:\(broker.port)"])
        try broker.start()
        await fixture.expectConnected(connections: 2)
        #expect(fixture.line.connections == [false, true])
        try broker.publish(["after"])
        await fixture.expectPayloads(["after"])
        #expect(fixture.session.status.lastError == nil)
    }

    @Test("takes new options: connects anew, and the broker forgets topics that are not asked for any more")
    func replaced() async throws {
        let fixture = SessionFixture(at: broker, subscriptions: ["old/#", "both/#"])
        await fixture.expectConnected()
        var new = fixture.options
        new.subscriptions = ["both/#", "new/#"]
        fixture.session.replace(options: new)
        await fixture.expectConnected(connections: 2)
        #expect(fixture.session.status.subscriptions == ["both/#", "new/#"])
        // Until the broker has answered the greeting, the old subscription may still deliver.
        try broker.publish(["ready"], to: "new/x")
        await fixture.expectPayloads(["ready"])
        try broker.publish(["gone"], to: "old/x")
        try broker.publish(["stays"], to: "both/x")
        await fixture.expectPayloads(["ready", "stays"])
        #expect(fixture.line.connections == [false, true])
    }

    @Test("does not reconnect for options that are the same")
    func replacedBySame() async throws {
        let fixture = SessionFixture(at: broker)
        await fixture.expectConnected()
        fixture.session.replace(options: fixture.options)
        try broker.publish(["x"])
        await fixture.expectPayloads(["x"])
        #expect(fixture.session.status.connections == 1)
    }

    /// Messages of QoS 0 are not acknowledged, so that nothing but a ping tells the broker that we are there.
    @Test("keeps the connection alive under a stream of QoS 0 messages")
    func keepAlive() async throws {
        var options = SessionFixture.options(at: broker)
        options.connection.keepAliveSeconds = 5
        let fixture = SessionFixture(options)
        await fixture.expectConnected()
        let publisher = try MQTTClient(
            broker.clientOptions(clientID: "qos0"), onMessage: { _ in }, onEvent: { _ in })
        try publisher.connect()
        try publisher.write()
        try publisher.read()
        // The broker gives up after one and a half times the keepalive, for which it looks every five seconds.
        let end = ContinuousClock.now + .seconds(14)
        var sent = 0
        while ContinuousClock.now < end {
            try publisher.publish("in/d", payload: Array("\(sent)".utf8), qos: 0)
            try publisher.write()
            sent += 1
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(fixture.session.status.connections == 1, "\(fixture.session.status)\n\(broker.log)")
        #expect(await eventually { fixture.line.messages.count == sent })
        #expect(fixture.line.messages.allSatisfy { $0.packetID == 0 })
    }
}
