/// What is put aside of a rejected message: everything that is needed to try again.
public struct QuarantinedMessage: Sendable {
    public var received: Timestamp
    /// The source that matched the topic; empty where none did.
    public var source: String
    public var topic: [UInt8]
    /// Verbatim.
    public var payload: [UInt8]
    public var rejection: Rejection

    public init(received: Timestamp, source: String, topic: [UInt8], payload: [UInt8], rejection: Rejection) {
        self.received = received
        self.source = source
        self.topic = topic
        self.payload = payload
        self.rejection = rejection
    }
}
