/// Why the gateway cannot run, in words for a technician.
public struct GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    public var operation: String
    public var cause: String
    public var hint: String
    /// errno(3) where the system refused something; else 0.
    var systemError: Int32 = 0

    public init(operation: String, cause: String, hint: String = "") {
        self.operation = operation
        self.cause = cause
        self.hint = hint
    }

    public var description: String { "cannot \(operation): \(cause)" + (hint.isEmpty ? "" : "; \(hint)") }
}
