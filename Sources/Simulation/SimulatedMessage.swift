public import Telemetry

/// What a device of the street says, on its way to the broker.
public struct SimulatedMessage: Sendable, Hashable {
    /// When it is to be published; a message that was held back shows an earlier time in its payload.
    public var published: Timestamp
    public var kind: DeviceKind
    public var topic: String
    public var payload: [UInt8]

    public init(published: Timestamp, kind: DeviceKind, topic: String, payload: [UInt8]) {
        self.published = published
        self.kind = kind
        self.topic = topic
        self.payload = payload
    }
}

/// The kinds of devices in a street.
public enum DeviceKind: String, Sendable, CaseIterable {
    case air
    case traffic
    case bin

    /// What stands in the topic and in `[[device]] type`.
    public var type: String {
        switch self {
        case .air: "air_quality"
        case .traffic: "traffic"
        case .bin: "waste"
        }
    }

    /// `aq-0001`, `tr-0001`, `bin-0001`.
    func deviceID(_ number: Int) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
        switch self {
        case .air: return "aq-" + zeros + digits
        case .traffic: return "tr-" + zeros + digits
        case .bin: return "bin-" + zeros + digits
        }
    }

    /// How many series a device of this kind has.
    var seriesCount: Int { self == .bin ? 3 : 5 }
}
