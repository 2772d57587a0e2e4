/// An entity's id, as the server made it: a number or a text.
struct SensorThingsID: Sendable, Hashable, Comparable {
    /// `.integer` or `.string`.
    let value: JSONValue

    /// Nil where an entity has none, or one that is neither.
    init?(of entity: JSONValue) {
        guard let id = entity["@iot.id"] else { return nil }
        switch id {
        case .integer, .string: value = id
        default: return nil
        }
    }

    /// As it stands in a request: `{"@iot.id":17}`.
    var reference: JSONValue { ["@iot.id": value] }

    /// As it stands in a url: `(17)`, `('a%2Fb')`.
    var inURL: String {
        switch value {
        case .string(let text): "(\(PercentEncoding.encode(SensorThingsID.quoted(text))))"
        default: "(\(value.text))"
        }
    }

    /// A text in a filter, where quotes are doubled. Source: OData 4.0, ABNF `string`.
    static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }

    /// Older ids are smaller where the server counts.
    static func < (left: SensorThingsID, right: SensorThingsID) -> Bool {
        switch (left.value, right.value) {
        case (.integer(let left), .integer(let right)): left < right
        case (.string(let left), .string(let right)): left < right
        case (.integer, _): true
        default: false
        }
    }
}
