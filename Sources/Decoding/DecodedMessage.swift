public import Telemetry

/// What a message amounts to. Reused from message to message, so that its arrays keep their room.
public struct DecodedMessage {
    /// Index into the options' sources; nil when no topic matched.
    public var source: Int?
    /// Series that this message is the first to name; to be announced before the readings.
    public var newSeries: [Series] = []
    /// In canonical units, finite; flags not set.
    public var readings: [Reading] = []
    /// Empty when all went well.
    public var rejections: [Rejection] = []
    /// What a LoRaWAN network server tells an uplink by, wherever and however often it delivers it; 0 where there is none.
    public var networkIdentity: UInt64 = 0

    public init() {}

    /// Whether a redelivery of the message can be told by its readings' own times.
    public var carriesOwnTime: Bool { readings.allSatisfy { $0.timeOrigin == .device } }

    public mutating func removeAll() {
        source = nil
        newSeries.removeAll(keepingCapacity: true)
        readings.removeAll(keepingCapacity: true)
        rejections.removeAll(keepingCapacity: true)
        networkIdentity = 0
    }

    mutating func reject(_ reason: RejectionReason, _ detail: String, readings: Int = 0) {
        rejections.append(Rejection(reason, detail: detail, readingCount: readings))
    }
}
