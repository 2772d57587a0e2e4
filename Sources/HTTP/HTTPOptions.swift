/// How servers are reached.
public struct HTTPOptions: Sendable, Hashable {
    /// PEM; the system's authorities when nil.
    public var caFile: String?
    /// The client's own, with its key.
    public var certificateFile: String?
    public var keyFile: String?
    /// `http://host:port`; none when nil, whatever the environment says.
    public var proxy: String?
    public var connectMilliseconds: Int = 10_000
    /// From the beginning of a request to the end of its answer.
    public var totalMilliseconds: Int = 30_000
    /// Of an answer's body, in bytes; what is longer is cut.
    public var longestAnswer = 1 << 20
    public var userAgent = "poort"

    public init() {}
}
