import Telemetry

/// An attribute of an entity: NGSI-LD's `{"type":"Property","value":…}`, NGSIv2's `{"value":…,"metadata":{…}}`, or the
/// bare value of the key-values form.
struct Attribute {
    private let whole: JSONValue

    init(_ whole: JSONValue) {
        self.whole = whole
    }

    /// Nil for what has no value: a relationship, a place, an address.
    var value: JSONValue? { Attribute.value(in: whole) }

    /// As the attribute itself says, in NGSI-LD beside the value, in NGSIv2 in its metadata.
    func said(_ name: StaticString) -> JSONValue? {
        guard whole.kind == .object else { return nil }
        return (whole.field(name) ?? whole.field("metadata")?.field(name)).flatMap(Attribute.value(in:))
    }

    /// `{"value":5}`, `{"value":{"@type":"DateTime","@value":"…"}}` and `5` alike.
    private static func value(in written: JSONValue) -> JSONValue? {
        guard written.kind == .object else { return written }
        if let typed = written.field("@value") { return typed }
        guard let value = written.field("value") else { return nil }
        return value.kind == .object ? value.field("@value") : value
    }
}
