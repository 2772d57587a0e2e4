public import Secrets

/// How to reach a broker and as whom.
public struct MQTTOptions: Sendable, Hashable {
    public var host: String
    /// 1 to 65 535.
    public var port: Int
    public var tls: TLS?
    public var clientID: String
    public var username: String?
    public var password: Secret?
    /// Seconds, 5 to 65 535.
    public var keepAliveSeconds = 60
    /// How long the broker keeps the session after a connection is lost, in seconds; 0 forgets it at once.
    public var sessionExpirySeconds: UInt32 = 0
    /// How many QoS 1 messages the broker may have in flight to us; 1 to 65 535.
    public var receiveMaximum = 65_535
    /// How many QoS 1 messages we may have in flight to a broker that does not say how many it takes; 1 to 65 535. The
    /// library's 20 when nil.
    public var sendMaximum: Int?
    /// The broker does not send larger packets; 0 for no limit.
    public var maximumPacketBytes: UInt32 = 0
    public var isCleanStart = true
    public var will: Will?

    public init(host: String, port: Int, clientID: String) {
        self.host = host
        self.port = port
        self.clientID = clientID
    }

    public struct TLS: Sendable, Hashable {
        /// PEM; the system's authorities when nil.
        public var caFile: String?
        public var certificateFile: String?
        public var keyFile: String?

        public init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// What the broker publishes, retained, when the connection ends without a goodbye.
    public struct Will: Sendable, Hashable {
        public var topic: String
        public var payload: [UInt8]

        public init(topic: String, payload: [UInt8]) {
            self.topic = topic
            self.payload = payload
        }
    }

    /// `host:port`, for people.
    public var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
