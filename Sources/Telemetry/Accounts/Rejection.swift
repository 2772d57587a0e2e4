/// Why a message, or a reading in it, was not stored. The raw value stands in the database, the ledger and the output.
public enum RejectionReason: String, Sendable, CaseIterable, Hashable {
    // Kept in quarantine, since they may hold data.
    case undecodable
    case tooLarge = "too_large"
    case tooDeep = "too_deep"
    case unknownTopic = "unknown_topic"
    case unknownDevice = "unknown_device"
    case unknownQuantity = "unknown_quantity"
    case unknownUnit = "unknown_unit"
    case noReading = "no_reading"
    case badValue = "bad_value"
    case badTime = "bad_time"
    case clockAhead = "clock_ahead"
    case beyondRetention = "beyond_retention"
    case conflict
    /// It came before the gateway's clock was right, in a boot that ended before it was.
    case undated
    case seriesLimit = "series_limit"

    // Counted and let go: they hold no reading, by rule.
    /// An empty payload: MQTT's way to clear a retained message.
    case emptyPayload = "empty_payload"
    /// A topic that the configuration or the format says to ignore.
    case ignoredTopic = "ignored_topic"
    /// Marked as simulated by the network server.
    case simulated
    /// The sensor itself says that it has no value: `nan`, null, or a number that stands for it.
    case missing
    /// A name of a device or quantity looks like a person's phone or car, and is not in the configuration.
    case personalData = "personal_data"

    public var disposition: Disposition {
        switch self {
        case .emptyPayload, .ignoredTopic, .simulated, .missing, .personalData: .rejected
        default: .quarantined
        }
    }

    public enum Disposition: Sendable {
        case quarantined
        case rejected
    }
}

/// A message that was not, or not wholly, turned into readings: bad data is a value, never a throw.
public struct Rejection: Sendable, Hashable {
    public var reason: RejectionReason
    /// For a person: what was found where, and what would be right.
    public var detail: String
    /// How many readings it stands for; 0 when that cannot be told.
    public var readingCount: Int

    public init(_ reason: RejectionReason, detail: String, readingCount: Int = 0) {
        self.reason = reason
        self.detail = detail
        self.readingCount = readingCount
    }
}
