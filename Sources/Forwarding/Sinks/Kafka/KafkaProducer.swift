import CKafka
import Glibc

/// One idempotent producer of librdkafka, which has threads of its own; its reports come while it is polled. One thread.
///
/// Source: librdkafka's INTRODUCTION.md, "Idempotent Producer".
final class KafkaProducer {
    /// What became of a message.
    struct Report {
        var error: KafkaCondition
        /// Whether a broker may have it.
        var mayHaveArrived: Bool
    }

    private final class Reports {
        var byNumber: [Int: Report] = [:]
        /// What was wrong with the connections last, which says more than that time is over.
        var last: (condition: KafkaCondition, words: String)?
    }

    private let handle: OpaquePointer
    private let reports = Reports()

    init(_ options: KafkaOptions) throws(SinkFailure) {
        func failure(_ words: [CChar]) -> SinkFailure {
            SinkFailure(
                .misconfigured, operation: "make a producer", place: options.address, cause: KafkaProducer.text(words),
                hint: "check ca_file, certificate_file and key_file")
        }
        var words = [CChar](repeating: 0, count: 512)
        let configuration = poort_rd_kafka_conf_new()
        for (name, value) in options.settings {
            let answer = poort_rd_kafka_conf_set(configuration, name, value, &words, words.count)
            if answer != RD_KAFKA_CONF_OK {
                poort_rd_kafka_conf_destroy(configuration)
                // librdkafka's words would show the value.
                throw SinkFailure(
                    .misconfigured, operation: "make a producer", place: options.address,
                    cause: "librdkafka does not take this value of \(name)")
            }
        }
        poort_rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(reports).toOpaque())
        poort_rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
        poort_rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, context in
            guard let context, let message else { return }
            let reports = Unmanaged<Reports>.fromOpaque(context).takeUnretainedValue()
            let status = poort_rd_kafka_message_status(message)
            reports.byNumber[Int(bitPattern: message.pointee._private) - 1] = Report(
                error: KafkaCondition(message.pointee.err),
                mayHaveArrived: status != RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
        }
        poort_rd_kafka_conf_set_error_cb(configuration) { _, error, text, context in
            guard let context, let text else { return }
            Unmanaged<Reports>.fromOpaque(context).takeUnretainedValue().last = (
                KafkaCondition(rd_kafka_resp_err_t(error)), String(cString: text)
            )
        }
        guard let handle = poort_rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &words, words.count) else {
            poort_rd_kafka_conf_destroy(configuration)
            throw failure(words)
        }
        self.handle = handle
    }

    deinit {
        // It waits for its threads, and one of them may be resolving a name.
        let remains = HandedOver((handle, reports))
        _ = BlockingCall("kafka-end") {
            poort_rd_kafka_destroy(remains.value.0)
            return withExtendedLifetime(remains) { true }
        }
    }

    /// Queues a copy.
    /// - Parameter number: under which it is reported, from 0.
    func produce(
        _ number: Int, to topic: String, key: String, value: [UInt8], headers: [(name: String, value: String)]
    ) -> KafkaCondition {
        let list = poort_rd_kafka_headers_new(headers.count)
        for header in headers {
            _ = poort_rd_kafka_header_add(list, header.name, -1, header.value, header.value.utf8.count)
        }
        var key = key
        let error = key.withUTF8 { key in
            value.withUnsafeBytes { value in
                poort_kafka_produce(
                    handle, topic, key.baseAddress, key.count, value.baseAddress, value.count, list,
                    UnsafeMutableRawPointer(bitPattern: number + 1))
            }
        }
        if error != RD_KAFKA_RESP_ERR_NO_ERROR { poort_rd_kafka_headers_destroy(list) }
        return KafkaCondition(error)
    }

    /// Takes reports, and waits for some if there are none.
    func poll(milliseconds: Int) { _ = poort_rd_kafka_poll(handle, Int32(clamping: milliseconds)) }

    /// What was reported since it was asked last.
    func takeReports() -> [Int: Report] {
        defer { reports.byNumber = [:] }
        return reports.byNumber
    }

    /// What was wrong with connections last; forgotten with this.
    func takeTrouble() -> (condition: KafkaCondition, words: String)? {
        defer { reports.last = nil }
        return reports.last
    }

    var trouble: KafkaCondition? { reports.last?.condition }

    /// Gives up all that is under way; it is reported then.
    func purge() { _ = poort_rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }

    /// What makes it useless; nil as long as it can go on.
    var fatalError: (condition: KafkaCondition, words: String)? {
        var words = [CChar](repeating: 0, count: 512)
        let error = poort_rd_kafka_fatal_error(handle, &words, words.count)
        return error == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : (KafkaCondition(error), KafkaProducer.text(words))
    }

    private static func text(_ words: [CChar]) -> String {
        String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
