import Telemetry

/// What to do with quarantined messages.
public enum QuarantineAction: String, Codable, Sendable {
    /// Send them through again as if they had just come.
    case replay
    case drop
}

/// The body of `POST /quarantine`; the answer is a ``QuarantineOutcome``, or `{"error":"…"}`.
struct QuarantineRequest: Codable, Sendable {
    var action: QuarantineAction
    var selection: QuarantineSelection
}

/// What the daemon says where it cannot do what it was asked.
struct ControlRefusal: Codable, Sendable {
    var error: String
    var hint: String
}
