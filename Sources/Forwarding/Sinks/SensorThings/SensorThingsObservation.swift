import Telemetry

/// A window as an Observation.
struct SensorThingsObservation {
    let row: SharedAggregate

    /// `start/end`. Source: OGC 18-088, 8.2.7: phenomenonTime may be an interval.
    var phenomenonTime: String { "\(row.window.start)/\(row.window.end)" }

    /// Null where the window has no figure: tried, and nothing came of it, which FROST takes (its issue 1261).
    var result: JSONValue { row.mainFigure.map { .number($0) } ?? .null }

    var parameters: JSONValue {
        var members: [JSONValue.Member] = [
            .init("key", .string(row.key)), .init("revision", .integer(Int64(row.revision))),
        ]
        row.forEachField { field, value in members.append(.init(field.name, JSONValue(value))) }
        return .object(members)
    }

    /// What tells whether the window may be relied on, once more, where clients look for it.
    var resultQuality: JSONValue {
        var members: [JSONValue.Member] = []
        for field in [SharedField.valid, .coverage] {
            if let value = row[field] { members.append(.init(field.name, JSONValue(value))) }
        }
        return .object(members)
    }

    /// The same for each revision. No slash is in it, which Tomcat takes in no url.
    var clientID: JSONValue { .string(NameUUID(space: .url, name: "poort:\(row.key)").description.lowercased()) }

    /// What a correction changes.
    var correction: JSONValue {
        ["result": result, "parameters": parameters, "resultQuality": resultQuality]
    }
}

/// When an observation was: a moment, or from one to another.
struct SensorThingsTime {
    let start: Timestamp
    let end: Timestamp

    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard let first = parts.first, let last = parts.last, parts.count <= 2,
            let start = Timestamp(rfc3339: String(first)), let end = Timestamp(rfc3339: String(last))
        else { return nil }
        self.start = start
        self.end = end
    }
}
