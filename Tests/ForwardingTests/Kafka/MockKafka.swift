import CKafkaMock

/// A Kafka cluster in this process, on free ports of the loopback: librdkafka's own mock, which keeps what it is given.
final class MockKafka {
    private let handle: OpaquePointer

    struct Record: Hashable {
        var partition: Int
        var key: String
        var value: String
        var revision: String?
        var tier: String?
    }

    struct StartError: Error {}

    init(brokers: Int = 1) throws {
        guard let handle = poort_kafka_mock_create(Int32(brokers)) else { throw StartError() }
        self.handle = handle
    }

    deinit { poort_kafka_mock_destroy(handle) }

    var servers: [String] {
        String(cString: poort_kafka_mock_servers(handle)).split(separator: ",").map(String.init)
    }

    func createTopic(_ name: String, partitions: Int) {
        poort_kafka_mock_create_topic(handle, name, Int32(partitions))
    }

    enum Request: Int16 {
        case produce = 0
        case makeProducer = 22
    }

    /// Answers the next request of a kind with an error, in Kafka's numbers.
    func fail(_ request: Request, with error: Int) {
        poort_kafka_mock_push_error(handle, request.rawValue, Int32(error))
    }

    func setError(_ error: Int, ofTopic topic: String) {
        poort_kafka_mock_set_topic_error(handle, topic, Int32(error))
    }

    func setBroker(_ number: Int, isUp: Bool) { poort_kafka_mock_set_broker(handle, Int32(number), isUp ? 1 : 0) }

    /// Lets a broker answer so late.
    func setLatency(milliseconds: Int, broker: Int = 1) {
        poort_kafka_mock_set_latency(handle, Int32(broker), Int32(milliseconds))
    }

    /// All records of a topic, partition by partition in their order; nil where they cannot be read.
    func records(_ topic: String, partitions: Int) -> [Record]? {
        final class Box {
            var records: [Record] = []
        }
        let box = Box()
        let count = poort_kafka_mock_read(
            handle, topic, Int32(partitions), 20_000,
            { record, context in
                guard let record = record?.pointee, let context else { return }
                Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().records.append(
                    Record(
                        partition: Int(record.partition), key: MockKafka.text(record.key, record.key_size) ?? "",
                        value: MockKafka.text(record.value, record.value_size) ?? "",
                        revision: MockKafka.text(record.revision, record.revision_size),
                        tier: MockKafka.text(record.tier, record.tier_size)))
            }, Unmanaged.passUnretained(box).toOpaque())
        guard count >= 0 else { return nil }
        return (0..<partitions).flatMap { partition in box.records.filter { $0.partition == partition } }
    }

    private static func text(_ start: UnsafeRawPointer?, _ count: Int) -> String? {
        start.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self) }
    }
}
