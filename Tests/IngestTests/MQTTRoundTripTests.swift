import Secrets
import MQTT
import Synchronization
import TestKit
import Testing

@Suite("MQTTPublisher and MQTTSubscriber", .timeLimit(.minutes(1)))
struct MQTTRoundTripTests {
    private func collect(_ subscriber: MQTTSubscriber, _ count: Int) throws -> [[UInt8]] {
        let box = Mutex<[[UInt8]]>([])
        let deadline = ContinuousClock.now + .seconds(20)
        while box.withLock({ $0.count }) < count, ContinuousClock.now < deadline {
            try subscriber.receive(milliseconds: 100) { message in box.withLock { $0.append(Array(message.payload)) } }
        }
        return box.withLock { $0 }
    }

    @Test("carry every message, in order, whatever its bytes")
    func roundTrip() throws {
        let broker = try PrivateBroker()
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "sub"), filters: ["t/#"])
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "pub"), windowSize: 10)
        var random = SeededGenerator(seed: 0x3177)
        let payloads = (0..<300).map { number in
            [UInt8(number & 0xFF)]
                + (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        for payload in payloads {
            try publisher.publish("t/x", payload: payload)
            #expect(publisher.unacknowledgedCount < 10)
        }
        try publisher.drain()
        #expect(publisher.unacknowledgedCount == 0)
        #expect(try collect(subscriber, payloads.count) == payloads)
        publisher.close()
        subscriber.close()
    }

    @Test("the publisher tells when the broker refuses a message, though it answers it")
    func refusal() throws {
        var options = PrivateBroker.Options()
        let rules = TemporaryDirectory()
        options.extraLines = ["acl_file \(rules.write("topic write allowed/#\n", to: "acl", mode: 0o600))"]
        let broker = try PrivateBroker(options)
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "pub"))
        try publisher.publish("allowed/a", payload: [1])
        try publisher.drain()
        #expect(publisher.refusal == nil)
        try publisher.publish("forbidden/a", payload: [1])
        let error = #expect(throws: MQTTError.self) { try publisher.drain() }
        #expect(error?.description.contains("access rules") == true, "\(error?.description ?? ""): \(broker.log)")
        #expect(publisher.unacknowledgedCount == 0)
        publisher.close()
    }

    @Test("the publisher goes on after a failure, once the broker is back, with what it still holds")
    func failureAndReturn() throws {
        let broker = try PrivateBroker()
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "pub"))
        broker.stop()
        #expect(throws: MQTTError.self) {
            try publisher.publish("t/x", payload: [1])
            try publisher.drain()
        }
        #expect(throws: MQTTError.self) { try publisher.drain() }
        #expect(publisher.unacknowledgedCount == 1)
        try broker.start()
        let patient = try MQTTSubscriber(broker.clientOptions(clientID: "sub"), filters: ["t/#"])
        try publisher.reconnect()
        try publisher.drain()
        #expect(try collect(patient, 1) == [[1]])
        publisher.close()
        patient.close()
    }

    @Test("the publisher loses nothing when the broker is restarted under it")
    func restart() throws {
        var options = PrivateBroker.Options()
        options.isPersistent = true
        let broker = try PrivateBroker(options)
        var subscription = broker.clientOptions(clientID: "sub")
        subscription.isCleanStart = false
        subscription.sessionExpirySeconds = 3600
        try MQTTSubscriber(subscription, filters: ["t/#"]).close()
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "pub"), windowSize: 20, patienceSeconds: 20)
        for number in 0..<200 {
            if number == 100 { try broker.restart() }
            try publisher.publish("t/x", payload: Array("\(number)".utf8))
        }
        try publisher.drain()
        publisher.close()
        let received = Mutex<Set<String>>([])
        let subscriber = try MQTTSubscriber(subscription, filters: ["t/#"])
        let deadline = ContinuousClock.now + .seconds(20)
        while received.withLock({ $0.count }) < 200, ContinuousClock.now < deadline {
            try subscriber.receive(milliseconds: 100) { message in
                received.withLock { _ = $0.insert(String(decoding: message.payload, as: UTF8.self)) }
            }
        }
        #expect(received.withLock { $0 } == Set((0..<200).map { "\($0)" }))
    }

    @Test("fail with words for a technician")
    func failures() throws {
        let nobody = #expect(throws: MQTTError.self) {
            try MQTTPublisher(MQTTOptions(host: "127.0.0.1", port: FreePort.next(), clientID: "pub"))
        }
        #expect(nobody?.hint.contains("[broker] url") == true)
        var options = PrivateBroker.Options()
        options.credentials = (username: "u", password: "p")
        let broker = try PrivateBroker(options)
        var wrong = broker.clientOptions(clientID: "pub")
        wrong.password = Secret("q")
        let refused = #expect(throws: MQTTError.self) { try MQTTPublisher(wrong) }
        #expect(refused?.hint.contains("password_file") == true)
        let deaf = #expect(throws: MQTTError.self) { try MQTTSubscriber(wrong, filters: ["#"]) }
        #expect(deaf?.hint.contains("password_file") == true)
    }

    @Test("a secret never shows itself")
    func secret() {
        let secret = Secret("geheim")
        var options = MQTTOptions(host: "h", port: 1, clientID: "c")
        options.password = secret
        var dumped = ""
        dump(options, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(options)", String(reflecting: options), dumped] {
            #expect(!text.contains("geheim"))
        }
    }
}
