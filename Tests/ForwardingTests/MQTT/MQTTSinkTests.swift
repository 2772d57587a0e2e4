import Forwarding
import Glibc
import MQTT
import Secrets
import Synchronization
import Telemetry
import TestKit
import Testing

@Suite("MQTTSink", .timeLimit(.minutes(2)))
struct MQTTSinkTests {
    private func options(_ broker: PrivateBroker) -> MQTTSinkOptions {
        MQTTSinkOptions(broker.clientOptions(clientID: "poort-central"))
    }

    private func failure(_ sink: MQTTSink, _ rows: [SharedAggregate]) -> SinkFailure? {
        do throws(SinkFailure) {
            _ = try sink.deliver(rows)
            return nil
        } catch {
            return error
        }
    }

    private func rows(_ count: Int) -> [SharedAggregate] {
        (0..<count).map { PartnerRows.row(PartnerRows.series(), $0) }
    }

    /// What has come, as topic and payload, until so many differ.
    private func collect(_ subscriber: MQTTSubscriber, _ count: Int) throws -> [(topic: String, payload: String)] {
        let box = Mutex<[(topic: String, payload: String)]>([])
        let deadline = ContinuousClock.now + .seconds(20)
        while box.withLock({ Set($0.map(\.payload)).count }) < count, ContinuousClock.now < deadline {
            try subscriber.receive(milliseconds: 100) { message in
                box.withLock {
                    $0.append(
                        (
                            String(decoding: message.topic, as: UTF8.self),
                            String(decoding: message.payload, as: UTF8.self)
                        ))
                }
            }
        }
        return box.withLock { $0 }
    }

    @Test(
        "publishes each row under its topic, in order, however few the broker lets be under way", arguments: [1, 3, 0])
    func roundTrip(receiveMaximum: Int) throws {
        var brokerOptions = PrivateBroker.Options()
        brokerOptions.extraLines = ["max_inflight_messages \(receiveMaximum)"]
        let broker = try PrivateBroker(brokerOptions)
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "sub"), filters: ["poort/#"])
        let sink = try MQTTSink(options(broker))
        #expect(!sink.traits.isIdempotent)
        let rows = rows(300)
        #expect(try sink.deliver(rows) == .allTaken)
        let received = try collect(subscriber, rows.count)
        #expect(received.map(\.payload) == rows.map { AggregateJSON.text($0) })
        #expect(Set(received.map(\.topic)) == ["poort/stadshagen-01/air_quality/aq-0001/pm2_5/15m"])
        sink.disconnect()
        #expect(try sink.deliver([rows[0]]) == .allTaken)
        subscriber.close()
    }

    @Test("nobody who listens is no reason to send again")
    func noSubscribers() throws {
        let broker = try PrivateBroker()
        #expect(try MQTTSink(options(broker)).deliver(rows(3)) == .allTaken)
    }

    @Test("what stands in a name stays within its level of the topic")
    func levels() throws {
        let broker = try PrivateBroker()
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "sub"), filters: ["#"])
        var options = options(broker)
        options.topic = "{gateway}/{type}/{device}"
        let sink = try MQTTSink(options)
        let odd = PartnerRows.series("a/b+c#\u{1}\u{85}é", gateway: "$SYS", type: "")
        #expect(try sink.deliver([PartnerRows.row(odd)]) == .allTaken)
        #expect(try collect(subscriber, 1).map(\.topic) == ["_SYS/unknown/a_b_c___é"])
        for template in ["", "poort/{nothing}", "poort/+/x", "poort/#", "poort/{gateway", "a\nb"] {
            var wrong = options
            wrong.topic = template
            #expect(throws: SinkFailure.self, "\(template)") { try MQTTSink(wrong) }
        }
        subscriber.close()
    }

    private func restricted(queued: Int) throws -> PrivateBroker {
        let rules = TemporaryDirectory()
        var options = PrivateBroker.Options()
        options.maximumQueued = queued
        options.extraLines = [
            "acl_file \(rules.write("topic readwrite poort/+/air_quality/#\n", to: "acl", mode: 0o600))"
        ]
        return try PrivateBroker(options)
    }

    @Test("a topic that the broker does not allow refuses its rows alone, in the broker's words")
    func forbiddenTopic() throws {
        let broker = try restricted(queued: 1000)
        let sink = try MQTTSink(options(broker))
        let bins = PartnerRows.series("bin-1", quantity: "fill_level", type: "waste")
        let allowed = rows(2)
        let delivery = try sink.deliver([allowed[0], PartnerRows.row(bins), allowed[1]])
        #expect(delivery.outcomes == [.taken, .refused("Not authorized"), .taken], "\(broker.log)")
    }

    @Test("a broker that hangs up on what it refuses is asked one by one, until every row has its answer")
    func hangingUp() throws {
        // Without a limit of its queue mosquitto 2.0.11 hangs up then.
        let broker = try restricted(queued: 0)
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "sub"), filters: ["poort/#"])
        let sink = try MQTTSink(options(broker))
        let bins = PartnerRows.series("bin-1", quantity: "fill_level", type: "waste")
        let allowed = rows(40)
        var waiting = allowed
        for index in [35, 11, 10, 0] { waiting.insert(PartnerRows.row(bins, index), at: index) }
        var refused = 0
        // One at full speed, and one for each row that it hangs up on; then the rest.
        for _ in 0..<6 where !waiting.isEmpty {
            var outcomes: [Delivery.Outcome] = waiting.map { _ in .again("") }
            do throws(SinkFailure) {
                outcomes = try sink.deliver(waiting).outcomes
            } catch {
                // The answers may all have gone with the connection.
                #expect(error.kind == .unavailable && error.mayHaveArrived)
            }
            if outcomes.isEmpty { waiting = [] }
            refused += outcomes.count { $0 == .refused("Not authorized") }
            waiting = zip(waiting, outcomes).compactMap { row, outcome in
                if case .again = outcome { row } else { nil }
            }
        }
        #expect(waiting.isEmpty)
        #expect(refused == 4)
        // What the broker took without our hearing of it comes twice.
        let received = Set(try collect(subscriber, allowed.count).map(\.payload))
        #expect(received == Set(allowed.map { AggregateJSON.text($0) }))
        subscriber.close()
    }

    @Test("a row that is larger than the broker takes is refused, the others are taken")
    func tooLarge() throws {
        var brokerOptions = PrivateBroker.Options()
        brokerOptions.extraLines = ["max_packet_size 2000"]
        let broker = try PrivateBroker(brokerOptions)
        let sink = try MQTTSink(options(broker))
        let long = PartnerRows.row(PartnerRows.series(String(repeating: "x", count: 1000)))
        let delivery = try sink.deliver([long, rows(1)[0]])
        try #require(delivery.outcomes.count == 2)
        #expect(delivery.outcomes[1] == .taken)
        guard case .refused(let words) = delivery.outcomes[0] else {
            Issue.record("\(delivery)")
            return
        }
        #expect(words.contains("arge"), "\(words)")
    }

    @Test(
        "connects over TLS with a certificate of its own; without one, or to another authority's broker, says what to check"
    )
    func mutualTLS() throws {
        var brokerOptions = PrivateBroker.Options()
        brokerOptions.certificates = try Certificates()
        brokerOptions.requiresClientCertificate = true
        let broker = try PrivateBroker(brokerOptions)
        let subscriber = try MQTTSubscriber(broker.clientOptions(clientID: "sub"), filters: ["poort/#"])
        let sink = try MQTTSink(options(broker))
        let rows = rows(200)
        #expect(try sink.deliver(rows) == .allTaken)
        #expect(try collect(subscriber, rows.count).map(\.payload) == rows.map { AggregateJSON.text($0) })
        subscriber.close()

        var bare = options(broker)
        bare.connection.tls?.certificateFile = nil
        bare.connection.tls?.keyFile = nil
        #expect(failure(try MQTTSink(bare), [rows[0]]) != nil)
        var foreign = options(broker)
        let other = try Certificates()
        foreign.connection.tls?.caFile = other.caFile
        let stranger = failure(try MQTTSink(foreign), [rows[0]])
        #expect(stranger?.kind == .misconfigured)
        #expect(stranger?.hint.contains("ca_file") == true, "\(stranger?.description ?? "")")
        #expect(stranger?.mayHaveArrived == false)
    }

    @Test("says that the credentials are wrong, and shows no password")
    func credentials() throws {
        var brokerOptions = PrivateBroker.Options()
        brokerOptions.credentials = (username: "poort", password: "geheim")
        let broker = try PrivateBroker(brokerOptions)
        #expect(try MQTTSink(options(broker)).deliver(rows(1)) == .allTaken)
        var wrong = options(broker)
        wrong.connection.password = Secret("falsch")
        let refused = failure(try MQTTSink(wrong), rows(1))
        #expect(refused?.kind == .misconfigured)
        #expect(refused?.hint.contains("password_file") == true)
        #expect(refused?.mayHaveArrived == false)
        #expect(refused?.description.contains("falsch") == false)
    }

    @Test("goes on after the broker was away")
    func restart() throws {
        let broker = try PrivateBroker()
        let sink = try MQTTSink(options(broker))
        let rows = rows(3)
        #expect(try sink.deliver([rows[0]]) == .allTaken)
        try broker.restart()
        // The old connection is dead, which shows before anything is sent.
        #expect(try sink.deliver([rows[1]]) == .allTaken)
        broker.stop()
        let away = failure(sink, [rows[2]])
        #expect(away?.kind == .unavailable)
        #expect(away?.mayHaveArrived == false)
        #expect(away?.hint.contains("url") == true)
        #expect(away?.hint.contains("[broker]") == false)
        try broker.start()
        #expect(try sink.deliver([rows[2]]) == .allTaken)
    }

    @Test("a broker that goes in the middle of a delivery may have taken it")
    func killedWhileSending() async throws {
        let broker = try PrivateBroker()
        let sink = try MQTTSink(options(broker))
        let rows = rows(300)
        _ = try sink.deliver([rows[0]])
        broker.send(SIGSTOP)
        let killing = Task.detached {
            try? await Task.sleep(for: .milliseconds(200))
            broker.kill()
        }
        let lost = failure(sink, rows)
        await killing.value
        #expect(lost?.kind == .unavailable)
        #expect(lost?.mayHaveArrived == true)
        try broker.start()
        #expect(try sink.deliver(rows) == .allTaken)
    }

    @Test("waits no longer than it may for a broker that hangs, nor after it was told to end")
    func hanging() throws {
        let broker = try PrivateBroker()
        var options = options(broker)
        options.connectMilliseconds = 300
        options.deliveryMilliseconds = 300
        let row = rows(1)[0]
        let impatient = try MQTTSink(options)
        _ = try impatient.deliver([row])
        broker.send(SIGSTOP)
        let unanswered = failure(impatient, [row])
        #expect(unanswered?.kind == .unavailable)
        #expect(unanswered?.mayHaveArrived == true)
        let unconnected = failure(impatient, [row])
        #expect(unconnected?.kind == .unavailable)
        #expect(unconnected?.mayHaveArrived == false)

        options.connectMilliseconds = 600_000
        options.deliveryMilliseconds = 600_000
        options.connection.clientID = "poort-patient"
        var patient = try MQTTSink(options)
        patient.cancellation.cancel(afterMilliseconds: 100)
        #expect(failure(patient, [row])?.cause == "ended on request")
        #expect(failure(patient, [row])?.cause == "ended on request")
        broker.send(SIGCONT)
        #expect(failure(patient, [row])?.cause == "ended on request")
        patient = try MQTTSink(options)
        #expect(try patient.deliver([row]) == .allTaken)
        broker.send(SIGSTOP)
        patient.cancellation.cancel(afterMilliseconds: 100)
        let cancelled = failure(patient, [row])
        #expect(cancelled?.cause == "ended on request")
        #expect(cancelled?.mayHaveArrived == true)
        broker.send(SIGCONT)
    }
}
