/// What is put aside of a rejected message: everything that is needed to try again, but for personal data, which is masked.
public struct QuarantinedMessage: Sendable {
    public var received: Timestamp
    /// The boot since whose beginning ``received`` counts, where the gateway's clock was not trusted; nil for a time of
    /// day.
    public var boot: Int64?
    /// The source that matched the topic; empty where none did.
    public var source: String
    public var topic: [UInt8]
    /// As it came, but for what was masked, which is as long as before.
    public var payload: [UInt8]
    public var rejection: Rejection

    public init(
        received: Timestamp, boot: Int64? = nil, source: String, topic: [UInt8], payload: [UInt8], rejection: Rejection
    ) {
        self.received = received
        self.boot = boot
        self.source = source
        self.topic = topic
        self.payload = payload
        self.rejection = rejection
    }
}
