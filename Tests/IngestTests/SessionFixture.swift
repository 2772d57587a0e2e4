import Ingest
import Logging
import MQTT
import TestKit
import Testing

/// A session with its line, at a broker of the test's own. It is stopped with this object.
final class SessionFixture: Sendable {
    let line: RecordingLine
    let session: BrokerSession
    let options: BrokerOptions

    init(_ options: BrokerOptions, holdsCommits: Bool = false) {
        self.options = options
        line = RecordingLine(holdsCommits: holdsCommits)
        session = BrokerSession(
            options: options, line: line, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    convenience init(
        at broker: PrivateBroker, subscriptions: [String] = ["in/#"], holdsCommits: Bool = false
    ) {
        self.init(SessionFixture.options(at: broker, subscriptions: subscriptions), holdsCommits: holdsCommits)
    }

    deinit {
        session.stop()
        _ = session.join(milliseconds: 10_000)
    }

    static func options(at broker: PrivateBroker, subscriptions: [String] = ["in/#"]) -> BrokerOptions {
        var connection = broker.clientOptions(clientID: "poort-test")
        connection.sessionExpirySeconds = 3600
        connection.receiveMaximum = 1000
        return BrokerOptions(
            connection: connection, subscriptions: subscriptions, statusTopic: "poort/test/status",
            commitIntervalMilliseconds: 100)
    }

    /// Ends it as the daemon does.
    func stop(location: SourceLocation = #_sourceLocation) {
        session.stop()
        #expect(session.join(milliseconds: 20_000), sourceLocation: location)
    }

    func expectConnected(connections: Int = 1, location: SourceLocation = #_sourceLocation) async {
        let isUp = await eventually { session.status.state == .connected && session.status.connections >= connections }
        #expect(isUp, "\(session.status)", sourceLocation: location)
    }

    /// Waits until the broker has an acknowledgement for everything that was read.
    func expectPayloads(_ payloads: [String], location: SourceLocation = #_sourceLocation) async {
        let came = await eventually { line.payloads.count >= payloads.count && session.status.unacknowledged == 0 }
        #expect(came && line.payloads == payloads, "\(line.payloads), \(session.status)", sourceLocation: location)
    }

    func expectError(_ words: [String], location: SourceLocation = #_sourceLocation) async {
        let failed = await eventually { session.status.lastError != nil }
        #expect(failed, "\(session.status)", sourceLocation: location)
        let error = session.status.lastError ?? ""
        for word in words { #expect(error.contains(word), sourceLocation: location) }
    }
}

extension PrivateBroker {
    func publish(_ payloads: [String], to topic: String = "in/d") throws {
        let publisher = try MQTTPublisher(clientOptions(clientID: "publisher-\(UInt32.random(in: 0...UInt32.max))"))
        for payload in payloads { try publisher.publish(topic, payload: Array(payload.utf8)) }
        try publisher.drain()
        publisher.close()
    }
}
