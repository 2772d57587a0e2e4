import Telemetry

/// A window as one property of an entity.
struct NGSILDReading {
    let row: SharedAggregate
    let model: NGSILDModel
    let property: NGSILDProperty
    /// Nil where the window has no figure: the property is not there then.
    let value: Double?

    init(_ row: SharedAggregate) {
        self.row = row
        model = NGSILDModel(row.series)
        property = model.property(row.series)
        // How full a container is, is told by what came last, not by what it was at an average.
        let isLast = model.isThing && row.series.kind == .gauge && row[.last] != nil
        let field = isLast ? .last : row.mainField
        let figure: Double? =
            if isLast, case .number(let last) = row[.last] { last } else { row.mainFigure }
        value = figure.map { [property] in property.scaled($0, field) }
    }

    /// Things have one; observations have one for each tier and window.
    var entityID: String {
        let series = row.series
        var parts = [model.rawValue, series.gateway, series.device]
        if !model.isThing { parts += [row.window.tier.name, row.window.start.description] }
        return "urn:ngsi-ld:" + parts.map(NGSILDReading.sanitised).joined(separator: ":")
    }

    /// What may stand in a urn, and is forbidden nowhere: letters, digits, `-` and `_`. Anything else, colons included,
    /// becomes a dot and its bytes, so that two names stay two. Source: RFC 8141, 2; Orion-LD's forbidden characters.
    static func sanitised(_ text: String) -> String {
        var clean = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                clean.unicodeScalars.append(Unicode.Scalar(byte))
            default: clean += "." + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return clean
    }

    /// When a thing's property was so: the window's end, and of windows that end together the shorter says more.
    var age: NGSILDAge {
        NGSILDAge(end: row.window.end, start: row.window.start, revision: row.revision)
    }

    /// Nil where there is no value.
    var attribute: JSONValue.Member? {
        guard let value else { return nil }
        var members: [JSONValue.Member] = [
            .init("type", "Property"), .init("value", .number(value)),
            .init("observedAt", .string(row.window.end.description)),
        ]
        if let unitCode = property.unitCode { members.append(.init("unitCode", .string(unitCode))) }
        func add(_ name: String, _ value: JSONValue) {
            members.append(.init(name, ["type": "Property", "value": value]))
        }
        add("revision", .integer(Int64(row.revision)))
        if model.isThing { add("windowStart", .string(row.window.start.description)) }
        row.forEachField { field, value in
            let name = NGSILDReading.name(field)
            switch value {
            case .number(let number): add(name, .number(property.scaled(number, field)))
            default: add(name, JSONValue(value))
            }
        }
        return .init(property.name, .object(members))
    }

    /// As the models write names. `min`, `max`, `sum` and `stddev` are lists in the core context, which nothing may redefine:
    /// a property of that name is none. Source: ETSI GS CIM 009, annex B.
    private static func name(_ field: SharedField) -> String {
        switch field {
        case .minimum: "minimum"
        case .maximum: "maximum"
        case .minimumTime: "minimumTime"
        case .maximumTime: "maximumTime"
        case .standardDeviation: "standardDeviation"
        case .sum: "total"
        case .increaseSince: "increaseSince"
        default: field.name
        }
    }

    /// What an entity has besides what was measured.
    var head: [JSONValue.Member] {
        let series = row.series
        let window = row.window
        func time(_ time: Timestamp) -> JSONValue {
            ["type": "Property", "value": ["@type": "DateTime", "@value": .string(time.description)]]
        }
        func text(_ text: String) -> JSONValue { ["type": "Property", "value": .string(text)] }
        var members: [JSONValue.Member] = [.init("id", .string(entityID)), .init("type", .string(model.rawValue))]
        if model == .traffic {
            members.append(.init("dateObserved", text("\(window.start)/\(window.end)")))
        } else if !model.isThing {
            members.append(.init("dateObserved", time(window.end)))
        }
        if !model.isThing {
            members.append(.init("dateObservedFrom", time(window.start)))
            members.append(.init("dateObservedTo", time(window.end)))
            members.append(.init("tier", text(window.tier.name)))
        }
        members.append(.init("name", text(series.device)))
        members.append(.init("source", text(series.gateway)))
        if !series.neighbourhood.isEmpty { members.append(.init("areaServed", text(series.neighbourhood))) }
        if let place = series.location {
            members.append(
                .init(
                    "location",
                    [
                        "type": "GeoProperty",
                        "value": [
                            "type": "Point", "coordinates": [.number(place.longitude), .number(place.latitude)],
                        ],
                    ]))
        }
        return members
    }
}

/// Which of two windows tells more of now.
struct NGSILDAge: Hashable, Comparable, Sendable {
    var end: Timestamp
    var start: Timestamp
    var revision: Int

    static func < (left: NGSILDAge, right: NGSILDAge) -> Bool {
        (left.end, left.start, left.revision) < (right.end, right.start, right.revision)
    }
}
