/// Why no answer came, in words for a technician.
public struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
    public var kind: Kind
    /// `host:port`, without credentials.
    public var server: String
    public var cause: String
    public var hint: String
    /// Whether anything of the request was sent, so that the server may have done what it asks: servers that read rows as
    /// they come take the first half of a request as well.
    public var mayHaveArrived: Bool

    public enum Kind: String, Sendable, Hashable {
        /// The name does not resolve.
        case resolve
        case connect
        /// The server's certificate, or ours, or no common version.
        case tls
        case timeout
        /// Cut off before the answer was whole.
        case reset
        /// No HTTP, or broken.
        case malformed
        /// ``HTTPCancellation/cancel()`` was called.
        case cancelled
        /// libcurl is not installed, a file cannot be read, or the request cannot be sent as it is: nothing that waiting mends.
        case unusable
    }

    public init(_ kind: Kind, server: String, cause: String, hint: String = "", mayHaveArrived: Bool = false) {
        self.kind = kind
        self.server = server
        self.cause = cause
        self.hint = hint
        self.mayHaveArrived = mayHaveArrived
    }

    public var description: String {
        "no answer from \(server): \(cause)" + (hint.isEmpty ? "" : "; \(hint)")
    }
}

/// Sends one request at a time and waits for the answer. One thread.
public protocol HTTPExchange: AnyObject {
    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse
    /// Closes connections that are kept for the next request.
    func disconnect()
    /// Ends the request under way within a second, and every later one at once; for any thread.
    var cancellation: HTTPCancellation { get }
}
