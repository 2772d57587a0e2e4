import CKafka

/// An error of the protocol or of librdkafka, and what follows from it. Source: Kafka protocol, "Error Codes"; rdkafka.h.
struct KafkaCondition: Hashable {
    private let code: Int32

    init(_ error: rd_kafka_resp_err_t) {
        code = error.rawValue
    }

    private var error: rd_kafka_resp_err_t { rd_kafka_resp_err_t(code) }

    var isNone: Bool { error == RD_KAFKA_RESP_ERR_NO_ERROR }
    var isQueueFull: Bool { error == RD_KAFKA_RESP_ERR__QUEUE_FULL }
    var isTooLarge: Bool { error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE }
    /// Of a message that waited too long, which does not say for what.
    var isTimeOut: Bool {
        error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || error == RD_KAFKA_RESP_ERR__TIMED_OUT
            || error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
    }

    var words: String { String(cString: poort_rd_kafka_err2str(error)) }

    var kind: SinkFailure.Kind {
        switch error {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: .tooLarge
        case RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
            .refused
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
            RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
            RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL:
            .misconfigured
        default: .unavailable
        }
    }

    var hint: String {
        switch error {
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            "make the topic, or check its name: docs partners/kafka.md"
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: "allow the user to write to the topic (ACL Write, Describe)"
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: "allow the user IdempotentWrite on the cluster"
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            "check username, password_file and mechanism"
        case RD_KAFKA_RESP_ERR__SSL: "check ca_file, the host name in the brokers' certificates, and the clock"
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: "the topic's max.message.bytes is smaller"
        default: ""
        }
    }
}
