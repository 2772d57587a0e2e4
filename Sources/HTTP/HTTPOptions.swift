/// How servers are reached.
public struct HTTPOptions: Sendable, Hashable {
    /// PEM; the system's authorities when nil.
    public var caFile: String?
    /// The client's own, with its key. PEM, the key without a passphrase.
    public var certificateFile: String?
    public var keyFile: String?
    /// `http://host:port`; none when nil, whatever the environment says.
    public var proxy: String?
    /// For name, connection and TLS together.
    public var connectMilliseconds: Int = 10_000
    /// From the beginning of a request to the end of its answer.
    public var totalMilliseconds: Int = 30_000
    /// A server that takes and gives fewer bytes a second than ``leastBytesPerSecond`` for so long is given up; 0 for never.
    public var slowSeconds: Int = 20
    public var leastBytesPerSecond = 50
    /// Of an answer's body, in bytes; what is longer is cut.
    public var longestAnswer = 1 << 20
    public var userAgent = "poort"

    public init() {}
}
