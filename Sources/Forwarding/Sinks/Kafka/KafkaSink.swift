import CKafka
import Telemetry

/// Rows as messages of a Kafka topic, one JSON object each.
///
/// The key is the series, so that its rows stay in one partition and in their order. The producer is idempotent, and what
/// it sends again itself is there once; what is sent again by a later delivery, or after a restart, is there twice: so
/// ``SinkTraits/isIdempotent`` does not hold, and consumers go by the row's key and revision. librdkafka is loaded when the
/// first sink is made.
public final class KafkaSink: Sink {
    public let traits: SinkTraits
    public let cancellation = Cancellation()
    private let options: KafkaOptions
    private var producer: KafkaProducer?
    private var json = AggregateJSON()

    /// - Throws: where librdkafka is not installed, or an option cannot be used.
    public init(_ options: KafkaOptions) throws(SinkFailure) {
        if let cause = poort_load_rdkafka() {
            throw SinkFailure(
                .misconfigured, operation: "load librdkafka", place: options.address, cause: String(cString: cause),
                hint: "apt-get install librdkafka1")
        }
        guard options.hasValidTopic else {
            throw SinkFailure(
                .misconfigured, operation: "use the topic", place: options.address,
                cause: "\"\(options.topic)\" is no name of a topic",
                hint: "letters, digits, '.', '_' and '-', at most 249")
        }
        self.options = options
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: false)
    }

    public func cancel() { cancellation.cancel() }

    public func resume(at bookmark: String?) {}

    public func disconnect() { producer = nil }

    public func preview(_ rows: [SharedAggregate]) -> String {
        rows.map { row in
            "\(options.topic) key=\(KafkaSink.key(row)) revision=\(row.revision) tier=\(row.window.tier.name)\n"
                + AggregateJSON.text(row) + "\n"
        }.joined()
    }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        if cancellation.isCancelled { throw Cancellation.failure("write", place: options.address) }
        let producer = try readyProducer()
        _ = producer.takeTrouble()
        var attempt = Attempt(rows.count)
        // librdkafka reports all at the limit by itself; the rest is for a process that was stopped meanwhile.
        let deadline = Deadline(milliseconds: options.deliveryMilliseconds + 2000)
        for (number, row) in rows.enumerated() { queue(row, number, producer, &attempt, until: deadline) }
        let patience = Deadline(milliseconds: 2000)
        while attempt.isOpen, !deadline.isOver, !cancellation.isCancelled {
            if patience.isOver, attempt.noneTaken, isHopeless(producer) { break }
            producer.poll(milliseconds: 100)
            attempt.take(producer.takeReports())
        }
        return try conclude(&attempt, producer)
    }

    private func readyProducer() throws(SinkFailure) -> KafkaProducer {
        if let producer { return producer }
        let made = try KafkaProducer(options)
        producer = made
        return made
    }

    static func key(_ row: SharedAggregate) -> String {
        let series = row.series
        return "\(series.gateway)/\(series.device)/\(series.quantity)/\(series.unit)"
    }

    private func queue(
        _ row: SharedAggregate, _ number: Int, _ producer: KafkaProducer, _ attempt: inout Attempt,
        until deadline: Deadline
    ) {
        json.removeAll()
        json.append(row)
        let headers = [("revision", "\(row.revision)"), ("tier", row.window.tier.name)]
        while true {
            let condition = producer.produce(
                number, to: options.topic, key: KafkaSink.key(row), value: json.bytes, headers: headers)
            if condition.isNone { return }
            if condition.isQueueFull, !deadline.isOver, !cancellation.isCancelled {
                producer.poll(milliseconds: 50)
                attempt.take(producer.takeReports())
                continue
            }
            return attempt.fail(number, condition)
        }
    }

    /// Whether no waiting helps, since nobody lets this client in. One broker of many may be wrong, so it is asked late.
    private func isHopeless(_ producer: KafkaProducer) -> Bool {
        producer.trouble?.kind == .misconfigured || producer.fatalError != nil
    }

    // MARK: - What became of it

    private func conclude(_ attempt: inout Attempt, _ producer: KafkaProducer) throws(SinkFailure) -> Delivery {
        if attempt.isOpen {
            // What is given up may come twice, but not out of order: this producer sends nothing any more.
            producer.purge()
            producer.poll(milliseconds: 0)
            attempt.take(producer.takeReports())
        }
        let trouble = producer.fatalError ?? producer.takeTrouble()
        if attempt.isOpen || producer.fatalError != nil || attempt.hasTrouble { self.producer = nil }
        if attempt.allTaken { return .allTaken }
        if attempt.noneTaken { throw failure(of: attempt, trouble) }
        let words = trouble?.words
        return Delivery(attempt.outcomes(words))
    }

    private func failure(of attempt: Attempt, _ trouble: (condition: KafkaCondition, words: String)?) -> SinkFailure {
        let mayHaveArrived = attempt.mayHaveArrived
        if cancellation.isCancelled {
            return Cancellation.failure("write", place: options.address, mayHaveArrived: mayHaveArrived)
        }
        // That time is over says less than why nobody answered.
        if let condition = attempt.firstCondition, !condition.isTimeOut {
            return SinkFailure(
                condition.kind, operation: "write", place: options.address,
                cause: trouble.map { "\(condition.words): \($0.words)" } ?? condition.words, hint: condition.hint,
                mayHaveArrived: mayHaveArrived)
        }
        return SinkFailure(
            trouble?.condition.kind ?? .unavailable, operation: "write", place: options.address,
            cause: trouble?.words ?? "no answer in \(options.deliveryMilliseconds) ms",
            hint: trouble?.condition.hint ?? "", mayHaveArrived: mayHaveArrived)
    }
}
