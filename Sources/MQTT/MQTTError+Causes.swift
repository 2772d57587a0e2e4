import CMosquitto
import Glibc

extension MQTTError {
    /// - Parameters:
    ///   - code: what libmosquitto returned. Source: mosquitto.h, `enum mosq_err_t`.
    ///   - systemError: errno at that moment, for the codes that point to it.
    ///   - detail: what the library logged about it, such as OpenSSL's complaint.
    init(operation: String, options: MQTTOptions, code: Int32, systemError: Int32, detail: String?) {
        let isSystem = code == MOSQ_ERR_ERRNO.rawValue
        let words = isSystem ? String(cString: strerror(systemError)) : String(cString: mosquitto_strerror(code))
        let isTLS = code == MOSQ_ERR_TLS.rawValue || (isSystem && systemError == EPROTO)
        let hint =
            switch code {
            case _ where isTLS: MQTTError.tlsHint(options, detail: detail)
            case MOSQ_ERR_ERRNO.rawValue where systemError == ECONNREFUSED:
                "nothing listens there: is the broker running at \(options.address)?"
            case MOSQ_ERR_ERRNO.rawValue where systemError == EHOSTUNREACH || systemError == ENETUNREACH:
                "check the box's network"
            case MOSQ_ERR_ERRNO.rawValue where systemError == ETIMEDOUT:
                "no answer from that host: check its address, the network and firewalls"
            case MOSQ_ERR_EAI.rawValue: "the host name does not resolve: check the broker's url and the box's DNS"
            case MOSQ_ERR_CONN_LOST.rawValue where options.tls == nil && operation == "connect":
                "the broker hung up at once: does it expect TLS (mqtts://)?"
            default: ""
            }
        self.init(
            operation: operation, broker: options.address, cause: isTLS ? detail ?? words : words, hint: hint,
            isRetryable: !isTLS && code != MOSQ_ERR_INVAL.rawValue)
    }

    /// A CONNACK that says no.
    /// - Parameter reasonCode: Source: MQTT 5.0, 3.2.2.2.
    init(refusal reasonCode: Int32, options: MQTTOptions) {
        var isRetryable = false
        let hint: String
        switch UInt32(bitPattern: reasonCode) {
        case MQTT_RC_BAD_USERNAME_OR_PASSWORD.rawValue, MQTT_RC_NOT_AUTHORIZED.rawValue:
            hint =
                options.username == nil
                ? "the broker wants a username and a password_file"
                : "check username and password_file against the broker's"
        case MQTT_RC_CLIENTID_NOT_VALID.rawValue: hint = "the broker does not take this client_id"
        case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue: hint = "the broker must speak MQTT 5"
        case MQTT_RC_BANNED.rawValue: hint = "the broker has banned this client"
        default:
            hint = ""
            isRetryable = true
        }
        self.init(
            operation: "connect", broker: options.address, cause: MQTTError.words(reason: reasonCode), hint: hint,
            isRetryable: isRetryable)
    }

    /// A connection that the broker ended.
    /// - Parameter reasonCode: of its DISCONNECT. Source: MQTT 5.0, 3.14.2.1.
    init(disconnection reasonCode: Int32, options: MQTTOptions) {
        let hint =
            switch UInt32(bitPattern: reasonCode) {
            case MQTT_RC_SESSION_TAKEN_OVER.rawValue:
                "another client uses the client_id \(options.clientID): each gateway needs its own"
            case MQTT_RC_NOT_AUTHORIZED.rawValue: "check the broker's access rules for this user"
            default: ""
            }
        self.init(
            operation: "keep the connection", broker: options.address, cause: MQTTError.words(reason: reasonCode),
            hint: hint)
    }

    /// libmosquitto's words for a reason code of 128 or more, without their full stop.
    static func words(reason code: Int32) -> String {
        let words = String(cString: mosquitto_reason_string(code))
        return "the broker says: " + (words.hasSuffix(".") ? String(words.dropLast()) : words)
    }

    private static func tlsHint(_ options: MQTTOptions, detail: String?) -> String {
        let detail = detail ?? ""
        if detail.contains("certificate required") || detail.contains("handshake failure") {
            return "the broker wants a client certificate that it knows: check certificate_file and key_file"
        }
        if detail.contains("unknown ca") || detail.contains("bad certificate") {
            return "the broker does not accept our certificate: check certificate_file and key_file"
        }
        if detail.contains("wrong version number") {
            return "the broker does not speak TLS on this port"
        }
        let authorities = options.tls?.caFile ?? "the system's authorities"
        return "check ca_file (\(authorities)), that the broker's certificate names \(options.host), and the clock"
    }
}
