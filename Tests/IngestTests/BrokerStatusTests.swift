import Ingest
import MQTT
import Synchronization
import TestKit
import Testing

@Suite("BrokerSession and its retained status", .timeLimit(.minutes(1)))
struct BrokerStatusTests {
    private let broker: PrivateBroker
    private let watcher: MQTTSubscriber

    init() throws {
        broker = try PrivateBroker()
        watcher = try MQTTSubscriber(broker.clientOptions(clientID: "watcher"), filters: ["poort/test/status"])
    }

    private func next() throws -> String? {
        let deadline = ContinuousClock.now + .seconds(20)
        let box = Mutex<[String]>([])
        while ContinuousClock.now < deadline {
            try watcher.receive(milliseconds: 100) { message in
                box.withLock { $0.append(String(decoding: message.payload, as: UTF8.self)) }
            }
            let received = box.withLock { $0 }
            if !received.isEmpty { return received.joined(separator: " ") }
        }
        return nil
    }

    private func retained() throws -> String? {
        let late = try MQTTSubscriber(broker.clientOptions(clientID: "late"), filters: ["poort/test/status"])
        let box = Mutex<String?>(nil)
        for _ in 0..<50 where box.withLock({ $0 == nil }) {
            try late.receive(milliseconds: 100) { message in
                let text = message.isRetained ? String(decoding: message.payload, as: UTF8.self) : "not retained"
                box.withLock { $0 = text }
            }
        }
        late.close()
        return box.withLock { $0 }
    }

    private let online = #"{"state":"online","client":"poort-test"}"#
    private let offline = #"{"state":"offline","client":"poort-test"}"#

    @Test("is online while connected and offline after a stop, for whoever asks later")
    func onlineAndOffline() async throws {
        let fixture = SessionFixture(at: broker)
        #expect(try next() == online)
        #expect(try retained() == online)
        fixture.stop()
        #expect(try next() == offline)
        #expect(try retained() == offline)
    }

    @Test("is turned to offline by the broker when the connection ends without a goodbye")
    func lastWill() async throws {
        let fixture = SessionFixture(at: broker)
        #expect(try next() == online)
        fixture.line.setStorageReady(false)
        #expect(try next() == offline)
        #expect(try retained() == offline)
        fixture.line.setStorageReady(true)
        #expect(try next() == online)
    }
}
