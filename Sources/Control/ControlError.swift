import Glibc

/// What went wrong with the control socket, in words for a technician.
public struct ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    public var operation: String
    public var path: String
    public var cause: String
    public var hint: String
    /// errno, where the cause is the system's; else 0.
    var systemError: Int32 = 0

    public init(operation: String, path: String, cause: String, hint: String = "") {
        self.operation = operation
        self.path = path
        self.cause = cause
        self.hint = hint
    }

    /// Whether this user may not ask, so that nothing is known of the daemon.
    public var isForbidden: Bool { systemError == EACCES || systemError == EPERM }

    public var description: String {
        "cannot \(operation) (\(path)): \(cause)" + (hint.isEmpty ? "" : "; \(hint)")
    }
}
