import CMosquitto
import Glibc

/// What went wrong between this client and the broker, in words for a technician.
public struct MQTTError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried: `connect`, `subscribe`.
    public var operation: String
    /// `host:port`.
    public var broker: String
    public var cause: String
    public var hint: String
    /// What the broker has said: from 128 on the reason of a CONNACK, PUBACK or DISCONNECT, below that the code of a broker
    /// that speaks no MQTT 5. Nil where it has said nothing. Source: MQTT 5.0, 2.4.
    public var reason: UInt8?
    /// Whether there is no secure connection, for the certificates, the names or the files.
    public var isAboutTLS = false

    public init(operation: String, broker: String, cause: String, hint: String = "") {
        self.operation = operation
        self.broker = broker
        self.cause = cause
        self.hint = hint
    }

    public var description: String {
        "cannot \(operation) (\(broker)): \(cause)" + (hint.isEmpty ? "" : "; \(hint)")
    }

    /// - Parameters:
    ///   - code: a libmosquitto return code. Source: mosquitto.h, `enum mosq_err_t`.
    ///   - systemError: errno at that moment, for the code that points to it.
    init(operation: String, broker: String, code: Int32, systemError: Int32) {
        let cause =
            code == MOSQ_ERR_ERRNO.rawValue
            ? String(cString: strerror(systemError)) : MQTTError.words(mosquitto_strerror(code))
        let hint =
            switch code {
            case MOSQ_ERR_ERRNO.rawValue where systemError == ECONNREFUSED:
                "nothing listens there: is the broker running, and is [broker] url right?"
            case MOSQ_ERR_EAI.rawValue: "the host name does not resolve: check [broker] url and the box's DNS"
            case MOSQ_ERR_TLS.rawValue:
                "check ca_file, the host name in the broker's certificate, and the clock; a port without TLS wants mqtt://"
            case MOSQ_ERR_AUTH.rawValue: "check username and password_file"
            default: ""
            }
        self.init(operation: operation, broker: broker, cause: cause, hint: hint)
        isAboutTLS = code == MOSQ_ERR_TLS.rawValue
        // What the broker would say, which has told its limit before.
        if code == MOSQ_ERR_OVERSIZE_PACKET.rawValue { reason = UInt8(MQTT_RC_PACKET_TOO_LARGE.rawValue) }
        if code == MOSQ_ERR_QOS_NOT_SUPPORTED.rawValue { reason = UInt8(MQTT_RC_QOS_NOT_SUPPORTED.rawValue) }
    }

    /// libmosquitto's words are sentences.
    private static func words(_ text: UnsafePointer<CChar>) -> String {
        let words = String(cString: text)
        return words.hasSuffix(".") ? String(words.dropLast()) : words
    }

    /// - Parameter reasonCode: of a DISCONNECT. Source: MQTT 5.0, 3.14.2.1.
    init(broker: String, disconnect reasonCode: Int32) {
        let isTakenOver = UInt32(reasonCode) == MQTT_RC_SESSION_TAKEN_OVER.rawValue
        self.init(
            operation: "keep the connection", broker: broker,
            cause: isTakenOver
                ? "another client has connected under the same client_id and taken the session over"
                : "the broker ended it: \(String(cString: mosquitto_reason_string(reasonCode)))",
            hint: isTakenOver
                ? "does a second gateway run with this configuration? Give each its own [gateway] name or client_id"
                : "")
        reason = UInt8(truncatingIfNeeded: reasonCode)
    }

    /// - Parameter reasonCode: of a PUBACK. Source: MQTT 5.0, 3.4.2.1.
    init(broker: String, unpublished reasonCode: Int32) {
        self.init(
            operation: "publish", broker: broker, cause: String(cString: mosquitto_reason_string(reasonCode)),
            hint: "check the broker's access rules for this user, and its limits")
        reason = UInt8(truncatingIfNeeded: reasonCode)
    }

    /// - Parameter reasonCode: of a CONNACK. Source: MQTT 5.0, 3.2.2.2.
    init(broker: String, refusal reasonCode: Int32) {
        let hint =
            switch UInt32(reasonCode) {
            case MQTT_RC_BAD_USERNAME_OR_PASSWORD.rawValue, MQTT_RC_NOT_AUTHORIZED.rawValue, 4, 5:
                "check username and password_file, and the broker's access rules"
            case MQTT_RC_CLIENTID_NOT_VALID.rawValue: "the broker does not take this client_id"
            default: ""
            }
        self.init(
            operation: "connect", broker: broker, cause: String(cString: mosquitto_reason_string(reasonCode)),
            hint: hint)
        reason = UInt8(truncatingIfNeeded: reasonCode)
    }
}
