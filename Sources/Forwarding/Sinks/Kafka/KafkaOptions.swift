public import Secrets

/// How a Kafka cluster is reached, and which topic gets the rows.
public struct KafkaOptions: Sendable, Hashable {
    /// `host:port` of some brokers, which name the others.
    public var servers: [String]
    /// Letters, digits, `.`, `_` and `-`, at most 249.
    public var topic: String
    public var clientID = "poort"
    public var isEncrypted = false
    /// PEM; the system's authorities when nil.
    public var caFile: String?
    /// The client's own, with its key.
    public var certificateFile: String?
    public var keyFile: String?
    /// With these the brokers are told who this is, by SASL.
    public var username: String?
    public var password: Secret?
    public var mechanism = Mechanism.scramSHA512
    public var compression = Compression.lz4
    /// For one delivery with all that it needs; at least 1000.
    public var deliveryMilliseconds = 30_000
    /// 1 to 10 000.
    public var mostRows = 1000

    public enum Mechanism: String, Sendable, Hashable, CaseIterable {
        case plain = "PLAIN"
        case scramSHA256 = "SCRAM-SHA-256"
        case scramSHA512 = "SCRAM-SHA-512"
    }

    public enum Compression: String, Sendable, Hashable, CaseIterable {
        case none, gzip, snappy, lz4, zstd
    }

    public init(servers: [String], topic: String) {
        self.servers = servers
        self.topic = topic
    }

    /// For people.
    public var address: String { servers.joined(separator: ",") }

    /// Source: librdkafka's CONFIGURATION.md.
    var settings: [(name: String, value: String)] {
        let security = (username == nil ? "" : "sasl_") + (isEncrypted ? "ssl" : "plaintext")
        var settings = [
            ("bootstrap.servers", address), ("client.id", clientID), ("security.protocol", security),
            // What is sent again after a lost answer is there once, and in order, as long as the producer lives.
            ("enable.idempotence", "true"), ("acks", "all"), ("message.timeout.ms", "\(deliveryMilliseconds)"),
            ("topic.metadata.propagation.max.ms", "\(deliveryMilliseconds / 3)"),
            ("queue.buffering.max.kbytes", "4096"), ("linger.ms", "5"), ("compression.codec", compression.rawValue),
            // As Kafka's own clients do, so that another producer's rows of a series come into the same partition.
            ("partitioner", "murmur2_random"), ("reconnect.backoff.max.ms", "1000"), ("log.connection.close", "false"),
            ("socket.keepalive.enable", "true"),
        ]
        if isEncrypted { settings.append(("ssl.endpoint.identification.algorithm", "https")) }
        if let username {
            settings += [("sasl.mechanisms", mechanism.rawValue), ("sasl.username", username)]
            if let password { settings.append(("sasl.password", password.text)) }
        }
        if let caFile { settings.append(("ssl.ca.location", caFile)) }
        if let certificateFile { settings.append(("ssl.certificate.location", certificateFile)) }
        if let keyFile { settings.append(("ssl.key.location", keyFile)) }
        return settings
    }

    /// Source: Apache Kafka, `Topic.validate`.
    var hasValidTopic: Bool {
        (1...249).contains(topic.utf8.count) && topic != "." && topic != ".."
            && topic.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
