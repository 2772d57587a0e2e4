public import Telemetry

/// What passes through the ring from the broker thread to the core, in this order.
///
/// A message is its header, then its readings, then at most one quarantined copy of it. A series is announced before
/// its first reading. What is large and rare is boxed, so that a slot stays within 48 bytes.
public enum IntakeItem: ~Copyable, Sendable {
    /// What follows came over a new connection.
    case connectionOpened(isResumed: Bool)
    case series(Boxed<Series>)
    case message(MessageHeader)
    case reading(Reading)
    case quarantined(Boxed<QuarantinedMessage>)
    /// Everything before this is to be committed, and `committed` set to this number.
    case commit(UInt64)
    /// Everything that was taken out of quarantine with that request has passed through.
    case replayed(UInt64)
    /// What the session at the broker is subscribed to now.
    case subscriptions(Boxed<[String]>)
    /// The sources of a newly loaded configuration, by index, for the headers that follow.
    case sources(Boxed<[String]>)
}

/// A value on the heap, shared and never changed.
public final class Boxed<Value: Sendable>: Sendable {
    public let value: Value
    private let charge: (budget: ByteBudget, bytes: Int)?

    public init(_ value: Value) {
        self.value = value
        charge = nil
    }

    /// A value whose bytes count against a budget for as long as it is held.
    public init(_ value: Value, bytes: Int, of budget: ByteBudget) {
        self.value = value
        charge = (budget, bytes)
        budget.take(bytes)
    }

    deinit {
        if let charge { charge.budget.giveBack(charge.bytes) }
    }
}

/// What the core must know of a message before its readings.
public struct MessageHeader: Sendable, Hashable {
    /// When it came; milliseconds since the boot where ``isUndated``.
    public var received: Timestamp
    /// Tells a redelivery together with the packet id, which is 0 where there is none; see ``RedeliveryFilter``.
    public var identity: UInt32
    public var packetID: UInt16
    /// Readings that follow.
    public var readingCount: UInt16
    /// Readings that were let go by rule, and do not follow; 0 where a copy for the quarantine holds them, masked.
    public var droppedCount: UInt16
    /// Index into the announced sources; -1 when no source matched the topic.
    public var source: Int16
    /// Whether a copy for the quarantine follows the readings.
    public var isQuarantined: Bool
    /// Whether a redelivery can be told only by packet id and identity: a reading without a time of its own, or a
    /// copy for the quarantine. Then it is remembered.
    public var needsIdentity: Bool
    /// Set when the whole message is let go by rule; nothing follows.
    public var rejected: RejectionReason?
    public var origin: Origin
    /// It came while the gateway's clock was not trusted: its readings' times of receipt are milliseconds since the boot.
    public var isUndated: Bool

    public enum Origin: Sendable, Hashable {
        /// The broker; with the network's identity of an uplink, or 0.
        case broker(uplink: UInt64)
        /// That row of the quarantine: it was received and counted before.
        case quarantine(Int64)
    }

    public init(
        received: Timestamp, source: Int16, packetID: UInt16, identity: UInt32, readingCount: UInt16,
        droppedCount: UInt16 = 0, isQuarantined: Bool = false, needsIdentity: Bool = false,
        rejected: RejectionReason? = nil,
        origin: Origin = .broker(uplink: 0), isUndated: Bool = false
    ) {
        self.received = received
        self.source = source
        self.packetID = packetID
        self.identity = identity
        self.readingCount = readingCount
        self.droppedCount = droppedCount
        self.isQuarantined = isQuarantined
        self.needsIdentity = needsIdentity
        self.rejected = rejected
        self.origin = origin
        self.isUndated = isUndated
    }
}
