import Telemetry

/// When the attributes of an entity were observed.
///
/// An attribute's own time comes first (`observedAt`, in NGSIv2 the metadata `timestamp` or `TimeInstant`): a broker
/// that notifies of one change sends the other attributes along as they were. Then comes the entity's, of an interval
/// its start, and last when something was modified. Source: NGSI-LD (ETSI GS CIM 009), AirQualityObserved's
/// specification.
struct EntityTime {
    private let withoutOffset: TimeWithoutOffset
    private let received: Timestamp
    /// For attributes that say none themselves.
    private var observed: Outcome?
    private var modified: Outcome?

    private enum Outcome {
        case time(Timestamp)
        /// What stands there is none.
        case unreadable(JSONValue)
    }

    init(of entity: JSONValue, notifiedAt: JSONValue?, withoutOffset: TimeWithoutOffset, received: Timestamp) {
        self.withoutOffset = withoutOffset
        self.received = received
        observed =
            firstReadable(read("dateObserved", of: entity), read("dateObservedFrom", of: entity))
            ?? read("TimeInstant", of: entity) ?? read("observedAt", of: entity)
        modified = read("modifiedAt", of: entity) ?? read("dateModified", of: entity) ?? read(notifiedAt)
    }

    /// - Returns: nil, and in `unreadable` the value that is no time.
    func time(of attribute: Attribute, unreadable: inout JSONValue?) -> ReadingTime? {
        let own =
            read(attribute.said("observedAt")) ?? read(attribute.said("timestamp"))
            ?? read(attribute.said("TimeInstant"))
        let outcome =
            own ?? observed ?? read(attribute.said("modifiedAt")) ?? read(attribute.said("dateModified")) ?? modified
        switch outcome {
        case .time(let time): return .device(time)
        case nil: return .receipt(received)
        case .unreadable(let value):
            unreadable = value
            return nil
        }
    }

    /// The models allow both, for brokers that know no intervals.
    private func firstReadable(_ interval: Outcome?, _ beginning: Outcome?) -> Outcome? {
        if case .unreadable = interval, case .time = beginning { return beginning }
        return interval ?? beginning
    }

    private func read(_ name: StaticString, of entity: JSONValue) -> Outcome? {
        read(entity.field(name).flatMap { Attribute($0).value })
    }

    private func read(_ value: JSONValue?) -> Outcome? {
        guard let value, value.kind != .null else { return nil }
        let time =
            if let text = value.string {
                PayloadTime.time(text: text.start, withoutOffset: withoutOffset, received: received)
            } else {
                PayloadTime.time(value, withoutOffset: withoutOffset, received: received)
            }
        return time.map(Outcome.time) ?? .unreadable(value)
    }
}

extension UnsafeRawBufferPointer {
    /// The beginning of an interval of ISO 8601, `2016-03-15T11:00:00Z/2016-03-15T12:00:00Z`; else all of it.
    fileprivate var start: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: prefix { $0 != UInt8(ascii: "/") })
    }
}
