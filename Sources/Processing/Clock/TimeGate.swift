public import Telemetry

/// Holds back readings whose own time cannot be right, so that one wrong clock moves nobody else's windows.
public struct TimeGate: Sendable {
    /// How far a device's clock may be ahead of the gateway's, in milliseconds.
    public var aheadToleranceMilliseconds: Int64
    /// How long raw readings are kept, in milliseconds; nil for ever. What is older when it arrives is not stored.
    public var retentionMilliseconds: Int64?

    public init(aheadToleranceMilliseconds: Int64, retentionMilliseconds: Int64?) {
        self.aheadToleranceMilliseconds = aheadToleranceMilliseconds
        self.retentionMilliseconds = retentionMilliseconds
    }

    /// No sensor of a street measured before 1970, nor does the file hold such times.
    private static let earliest = Timestamp(milliseconds: 0)

    /// - Parameters:
    ///   - received: when the message came, by which the device's clock is judged.
    ///   - now: later than that when the message was in quarantine meanwhile.
    /// - Returns: why the reading is held back, or nil to let it through.
    public func objection(to time: Timestamp, received: Timestamp, now: Timestamp) -> RejectionReason? {
        if time - received > aheadToleranceMilliseconds { return .clockAhead }
        if time < TimeGate.earliest { return .beyondRetention }
        if let retentionMilliseconds, now - time > retentionMilliseconds { return .beyondRetention }
        return nil
    }
}
