import Glibc
import MQTT
import Telemetry
import Threading

/// Rows as messages to a central broker, one JSON object each, at QoS 1.
///
/// As many are under way as the broker takes (its Receive Maximum), and all are acknowledged before a delivery returns. What
/// a lost connection leaves open is sent again by the next delivery and may come twice: ``SinkTraits/isIdempotent`` does not
/// hold, and consumers go by the row's key and revision. Source: MQTT 5.0, 4.3.2 and 4.9.
public final class MQTTSink: Sink {
    public let traits: SinkTraits
    public let cancellation = Cancellation()
    private let options: MQTTSinkOptions
    private let topic: PublishTopic
    private var client: MQTTClient?
    private var answers: MQTTAnswers
    private var lastUse: Int64 = 0
    /// Whether one message at a time is under way. Brokers hang up after a message that they refuse (mosquitto 2.0.11 does
    /// where max_queued_messages is 0), and what is on its way then takes the answer with it.
    private var isCautious = false
    private var connecting: BlockingCall<Result<Bool, MQTTError>>?
    private var json = AggregateJSON()

    /// - Throws: where the topic is none.
    public init(_ options: MQTTSinkOptions) throws(SinkFailure) {
        do throws(PublishTopic.Complaint) {
            topic = try PublishTopic(options.topic)
        } catch {
            throw SinkFailure(
                .misconfigured, operation: "use the topic", place: options.connection.address,
                cause: "\"\(options.topic)\": \(error.words)",
                hint: "as in \(MQTTSinkOptions.standardTopic)")
        }
        self.options = options
        answers = MQTTAnswers(broker: options.connection.address)
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: false)
    }

    public func cancel() { cancellation.cancel() }

    public func resume(at bookmark: String?) {}

    public func disconnect() {
        if answers.isOpen, answers.failure == nil { try? client?.sayGoodbye() }
        client = nil
    }

    public func preview(_ rows: [SharedAggregate]) -> String {
        rows.map { "\(topic.topic(of: $0))\n\(AggregateJSON.text($0))\n" }.joined()
    }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        if cancellation.isCancelled { throw Cancellation.failure("publish", place: options.connection.address) }
        let client = try connected()
        answers.begin(rows.count)
        do throws(MQTTError) {
            let deadline = Deadline(milliseconds: options.deliveryMilliseconds)
            try publish(rows, to: client, until: deadline)
            try wait(for: 0, client, until: deadline)
        } catch {
            return try conclude(with: error)
        }
        return try conclude(with: nil)
    }

    private func publish(
        _ rows: [SharedAggregate], to client: MQTTClient, until deadline: Deadline
    ) throws(MQTTError) {
        for (number, row) in rows.enumerated() {
            json.removeAll()
            json.append(row)
            let key = row.key
            // A control character there has whoever receives it hang up.
            let properties = MQTTPublishProperties(
                contentType: "application/json", isText: true,
                userProperties: PublishTopic.isPlain(key) ? [.init("key", key)] : [])
            do throws(MQTTError) {
                answers.expect(
                    try client.publish(topic.topic(of: row), payload: json.bytes, properties: properties), for: number)
            } catch {
                // Larger than the broker has said that it takes.
                guard error.reason == 0x95 else { throw error }
                answers.settle(number, .refused(error.cause))
            }
            if isCautious { try wait(for: rows.count - number - 1, client, until: deadline) }
            if number % 16 == 15 { try step(client, until: Deadline(milliseconds: 0)) }
            if deadline.isOver || cancellation.isCancelled { return }
        }
    }

    /// Waits until no more than so many rows are without an answer.
    private func wait(for openCount: Int, _ client: MQTTClient, until deadline: Deadline) throws(MQTTError) {
        while answers.openCount > openCount, !deadline.isOver, !cancellation.isCancelled {
            try step(client, until: deadline)
            // Pings, so that a broker that has gone silent is noticed.
            try client.maintain()
        }
    }

    private func conclude(with error: MQTTError?) throws(SinkFailure) -> Delivery {
        lastUse = MonotonicClock.milliseconds()
        isCautious = error != nil
        if answers.openCount == 0 {
            if error != nil { client = nil }
            let outcomes = answers.outcomes.compactMap { $0 }
            return outcomes.allSatisfy { $0 == .taken } ? .allTaken : Delivery(outcomes)
        }
        // libmosquitto holds what is open, and must not send it behind what the next delivery sends.
        client = nil
        let place = options.connection.address
        let failure =
            if let error {
                failure(of: error, mayHaveArrived: true)
            } else if cancellation.isCancelled {
                Cancellation.failure("publish", place: place, mayHaveArrived: true)
            } else {
                SinkFailure(
                    .unavailable, operation: "publish", place: place,
                    cause: "no acknowledgement in \(options.deliveryMilliseconds) ms", mayHaveArrived: true)
            }
        if answers.openCount == answers.outcomes.count { throw failure }
        return Delivery(answers.outcomes.map { $0 ?? .again(failure.cause) })
    }

    // MARK: - The connection

    private func connected() throws(SinkFailure) -> MQTTClient {
        if let client, isAlive(client) { return client }
        client = nil
        let answers = MQTTAnswers(broker: options.connection.address)
        self.answers = answers
        do throws(MQTTError) {
            let made = try MQTTClient(options.connection, onMessage: { _ in }, onEvent: { answers.take($0) })
            try connect(made, until: Deadline(milliseconds: options.connectMilliseconds))
            client = made
            return made
        } catch {
            if cancellation.isCancelled { throw Cancellation.failure("connect", place: options.connection.address) }
            throw failure(of: error, mayHaveArrived: false)
        }
    }

    /// Whether a connection can be used that nobody has looked after since the last delivery.
    private func isAlive(_ client: MQTTClient) -> Bool {
        guard MonotonicClock.milliseconds() - lastUse < Int64(options.connection.keepAliveSeconds) * 1000 else {
            disconnect()
            return false
        }
        do throws(MQTTError) {
            try step(client, until: Deadline(milliseconds: 0))
            return true
        } catch {
            return false
        }
    }

    private func connect(_ client: MQTTClient, until deadline: Deadline) throws(MQTTError) {
        func late(_ cause: String) -> MQTTError {
            MQTTError(operation: "connect", broker: options.connection.address, cause: cause)
        }
        // One that still hangs is waited for: a host that swallows everything must not gather threads.
        if let connecting, !connecting.isOver, connecting.value(until: deadline, cancellation) == nil {
            throw late("an earlier attempt still waits for the host to answer")
        }
        let handed = HandedOver(client)
        let call = BlockingCall<Result<Bool, MQTTError>>("mqtt-connect") {
            do throws(MQTTError) {
                try handed.value.connect()
                return .success(true)
            } catch {
                return .failure(error)
            }
        }
        connecting = call
        guard let outcome = call.value(until: deadline, cancellation) else {
            throw late("no answer in \(options.connectMilliseconds) ms")
        }
        connecting = nil
        _ = try outcome.get()
        while !answers.isOpen {
            try step(client, until: deadline)
            if cancellation.isCancelled || deadline.isOver { throw late("the broker does not answer") }
        }
    }

    /// Sends what is queued and takes what has come; waits for something if there is nothing.
    private func step(_ client: MQTTClient, until deadline: Deadline) throws(MQTTError) {
        try client.write()
        let events = Int16(POLLIN) | (client.wantsWrite ? Int16(POLLOUT) : 0)
        let waited = cancellation.wait(for: client.descriptor, events, until: deadline, atMost: 1000)
        guard case .ready(let found) = waited else { return }
        if found & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
            for _ in 0..<64 {
                let before = answers.openCount
                try client.read()
                if let failure = answers.failure { throw client.refusal ?? failure }
                if answers.openCount == before { break }
            }
        }
        try client.write()
    }

    private func failure(of error: MQTTError, mayHaveArrived: Bool) -> SinkFailure {
        SinkFailure(
            kind(of: error, mayHaveArrived: mayHaveArrived), operation: error.operation, place: error.broker,
            cause: error.cause, hint: error.hint.replacing("[broker] ", with: ""), mayHaveArrived: mayHaveArrived)
    }

    /// Source: MQTT 5.0, 3.2.2.2 and 3.14.2.1; below 128, MQTT 3.1.1, 3.2.2.3.
    private func kind(of error: MQTTError, mayHaveArrived: Bool) -> SinkFailure.Kind {
        if error.isAboutTLS, !mayHaveArrived { return .misconfigured }
        switch error.reason {
        // The version, the client's id, the credentials, the rights; banned; no QoS 1 there.
        case 1, 2, 4, 5, 0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x8E, 0x9B, 0x9D: return .misconfigured
        // It hangs up on one message of these, and does not say on which.
        case 0x90, 0x95, 0x99: return mayHaveArrived ? .refused : .misconfigured
        default: return .unavailable
        }
    }
}
