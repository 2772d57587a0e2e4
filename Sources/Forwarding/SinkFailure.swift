/// Why a delivery failed as a whole, in words for a technician, and what is to be done about it.
public struct SinkFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public var kind: Kind
    /// What was tried: `connect`, `write`.
    public var operation: String
    /// `host:port` or a path; never a credential.
    public var place: String
    /// The server's own words where it has said any, at most ``longestCause`` characters.
    public var cause: String
    public var hint: String
    /// Whether the server may have taken what was sent, so that the same rows may come to it twice.
    public var mayHaveArrived: Bool
    /// How long the server wants to be left alone, in milliseconds.
    public var retryAfterMilliseconds: Int64?

    public enum Kind: String, Sendable, Hashable {
        /// Not reachable, busy, out of order: the same again, later.
        case unavailable
        /// A person must do something: credentials, rights, a wrong address. The same again, later.
        case misconfigured
        /// Too much at a time: the same in smaller parts, at once.
        case tooLarge
        /// The server does not want something in it, and does not say which row: in smaller parts, at once; a row that is
        /// refused alone is set aside.
        case refused
    }

    public static let longestCause = 500

    public init(
        _ kind: Kind, operation: String, place: String, cause: String, hint: String = "", mayHaveArrived: Bool = false,
        retryAfterMilliseconds: Int64? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.place = place
        self.cause = cause.count > SinkFailure.longestCause ? "\(cause.prefix(SinkFailure.longestCause))…" : cause
        self.hint = hint
        self.mayHaveArrived = mayHaveArrived
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    public var description: String {
        "cannot \(operation) (\(place)): \(cause)" + (hint.isEmpty ? "" : "; \(hint)")
    }
}
