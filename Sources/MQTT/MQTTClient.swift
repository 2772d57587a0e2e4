import CMosquitto
import Glibc
import Secrets

/// One connection to a broker: MQTT 5 over libmosquitto, with the loop in the caller's hands.
///
/// Acknowledgements are only queued while reading, and ``write()`` alone sends them: that is what lets a reading be
/// acknowledged once it is stored. (libmosquitto queues its PUBACK before it calls back; after
/// `mosquitto_threaded_set` nothing but `mosquitto_loop_write` sends. Read in `handle_publish.c`, `packet_mosq.c`.)
///
/// One thread. A connection that is lost is not taken up again: make a new client; the session lives in the broker.
public final class MQTTClient {
    /// What happened, besides messages.
    public enum Event {
        case connected(sessionPresent: Bool)
        case refused(MQTTError)
        case disconnected(cause: String)
        /// What was granted for each filter, in the order of the request: the QoS, or a failure of 128 or more.
        case subscribed([UInt8])
        /// Sent, and acknowledged by the broker when its QoS is 1.
        /// - Parameter refusal: why the broker did not take it; it has answered all the same.
        case published(id: Int32, refusal: MQTTError?)
    }

    /// A received message. The buffers are valid during the call only.
    public struct Message {
        public let topic: UnsafeRawBufferPointer
        public let payload: UnsafeRawBufferPointer
        /// 0 for QoS 0.
        public let packetID: UInt16
        public let isRetained: Bool
    }

    public let options: MQTTOptions
    let handle: OpaquePointer
    let onMessage: (Message) -> Void
    let onEvent: (Event) -> Void
    /// Why the broker did not take the connection, or ended it, where it has said so: more than the code of the read that
    /// brought it, or ``Event/disconnected(cause:)``, says.
    public internal(set) var refusal: MQTTError?

    /// Makes a client that is not connected yet.
    /// - Throws: `MQTTError` when TLS files cannot be used or an option is out of range.
    public init(
        _ options: MQTTOptions, onMessage: @escaping (Message) -> Void, onEvent: @escaping (Event) -> Void
    ) throws(MQTTError) {
        _ = MQTTClient.library
        // OpenSSL writes without MSG_NOSIGNAL: a broker that hangs up must not end the process.
        signal(SIGPIPE, SIG_IGN)
        guard let handle = mosquitto_new(options.clientID, options.isCleanStart, nil) else {
            throw MQTTError(
                operation: "make a client", broker: options.address, cause: String(cString: strerror(errno)))
        }
        self.handle = handle
        self.options = options
        self.onMessage = onMessage
        self.onEvent = onEvent
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        mosquitto_threaded_set(handle, true)
        setCallbacks()
        try configure()
    }

    deinit { mosquitto_destroy(handle) }

    private static let library: Int32 = mosquitto_lib_init()

    private func check(_ code: Int32, _ operation: String) throws(MQTTError) {
        let systemError = errno
        if code != MOSQ_ERR_SUCCESS.rawValue {
            throw MQTTError(operation: operation, broker: options.address, code: code, systemError: systemError)
        }
    }

    private func configure() throws(MQTTError) {
        try check(mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), "speak MQTT 5")
        try check(
            mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(options.receiveMaximum)),
            "set the receive maximum")
        if let most = options.sendMaximum {
            try check(mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, Int32(most)), "set the send maximum")
        }
        try check(mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1), "set TCP_NODELAY")
        if let username = options.username {
            try check(mosquitto_username_pw_set(handle, username, options.password?.text), "set the credentials")
        }
        if let will = options.will {
            try check(
                mosquitto_will_set_v5(handle, will.topic, Int32(will.payload.count), will.payload, 1, true, nil),
                "set the last will")
        }
        guard let tls = options.tls else { return }
        let directory = tls.caFile == nil ? "/etc/ssl/certs" : nil
        try check(
            mosquitto_tls_set(handle, tls.caFile, directory, tls.certificateFile, tls.keyFile, nil),
            "use the TLS files (\([tls.caFile, tls.certificateFile, tls.keyFile].compactMap { $0 }.joined(separator: ", ")))"
        )
    }

    // MARK: - Steps of the loop

    /// Opens the connection and sends CONNECT. Blocks for name resolution and TCP; ``Event/connected(sessionPresent:)``
    /// or ``Event/refused(_:)`` comes from a later ``read()``.
    public func connect() throws(MQTTError) {
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        mosquitto_property_add_int32(
            &properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), options.sessionExpirySeconds)
        if options.maximumPacketBytes > 0 {
            mosquitto_property_add_int32(
                &properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), options.maximumPacketBytes)
        }
        try check(
            mosquitto_connect_bind_v5(
                handle, options.host, Int32(options.port), Int32(options.keepAliveSeconds), nil, properties),
            "connect")
    }

    /// To be polled; negative when there is no connection.
    public var descriptor: Int32 { mosquitto_socket(handle) }

    /// Reads at most one packet, over TLS all that were decrypted with it; never blocks. Messages and events are
    /// delivered before it returns.
    /// - Throws: when the connection is lost, or the broker refused it.
    public func read() throws(MQTTError) {
        do throws(MQTTError) {
            try check(mosquitto_loop_read(handle, 1), "read")
        } catch {
            throw refusal ?? error
        }
    }

    /// Sends what is queued, acknowledgements included, as far as the socket takes it.
    ///
    /// libmosquitto writes packet by packet. Corked, thousands of acknowledgements leave in a few full segments instead
    /// of one segment each, which spares this machine and the broker half the work. Source: tcp(7), `TCP_CORK`.
    public func write() throws(MQTTError) {
        setCork(true)
        defer { setCork(false) }
        try check(mosquitto_loop_write(handle, 1), "write")
    }

    private func setCork(_ isCorked: Bool) {
        var value: Int32 = isCorked ? 1 : 0
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Whether something is queued that ``write()`` would send.
    public var wantsWrite: Bool { mosquitto_want_write(handle) }

    /// Keeps the connection alive. It may queue a ping, so only when a ``write()`` may follow.
    public func maintain() throws(MQTTError) {
        try check(mosquitto_loop_misc(handle), "keep the connection alive")
    }

    /// Ends the connection at once. Nothing that is queued is sent.
    public func abort() {
        let socket = descriptor
        if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// Sends what is queued and DISCONNECT behind it, and waits up to a second until the broker has closed the
    /// connection. The session stays for its expiry.
    ///
    /// Closing at once, with messages unread, would make the kernel reset the connection, and the broker could lose
    /// what was sent last. Source: RFC 1122, 4.2.2.13.
    public func sayGoodbye() throws(MQTTError) {
        let socket = dup(descriptor)
        defer { if socket >= 0 { close(socket) } }
        _ = mosquitto_disconnect_v5(handle, 0, nil)
        try write()
        guard socket >= 0 else { return }
        shutdown(socket, Int32(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 1 << 16)
        let deadline = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < deadline {
            var poller = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            if poll(&poller, 1, 50) > 0, Glibc.read(socket, &rest, rest.count) <= 0 { return }
        }
    }

    // MARK: - Requests, queued until written

    /// Subscribes at QoS 1. Retained messages come for new subscriptions only, not at each reconnection.
    public func subscribe(_ filters: [String]) throws(MQTTError) {
        if filters.isEmpty { return }
        var pointers = filters.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        let code = pointers.withUnsafeMutableBufferPointer {
            mosquitto_subscribe_multiple(
                handle, nil, Int32(filters.count), $0.baseAddress, 1, Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue), nil)
        }
        try check(code, "subscribe to \(filters.joined(separator: ", "))")
    }

    public func unsubscribe(_ filter: String) throws(MQTTError) {
        try check(mosquitto_unsubscribe(handle, nil, filter), "unsubscribe from \(filter)")
    }

    /// - Returns: the id that ``Event/published(id:refusal:)`` will carry.
    @discardableResult
    public func publish(
        _ topic: String, payload: [UInt8], qos: Int32 = 1, isRetained: Bool = false,
        properties: MQTTPublishProperties? = nil
    ) throws(MQTTError) -> Int32 {
        var id: Int32 = 0
        var list = properties?.list
        defer { mosquitto_property_free_all(&list) }
        let code = mosquitto_publish_v5(
            handle, &id, topic, Int32(payload.count), payload, qos, isRetained, list)
        try check(code, "publish to \(topic)")
        return id
    }
}
