import Telemetry

/// A window as a feature.
struct ArcGISFeature {
    let row: SharedAggregate

    /// The same for each revision of a window.
    var globalID: String { NameUUID(space: .url, name: "poort:\(row.key)").description }

    /// All that is shared stands in it, null where the window has none, so that a correction leaves nothing of what it
    /// corrects, but for what the layer has no field for. Times in milliseconds since 1970.
    func json(_ layer: ArcGISLayer) -> JSONValue {
        let series = row.series
        var attributes: [JSONValue.Member] = [.init(layer.globalIDField, .string("{\(globalID)}"))]
        func add(_ name: String, _ value: JSONValue) {
            if let name = layer.name(of: name) { attributes.append(.init(name, value)) }
        }
        func text(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }
        add("gateway", .string(series.gateway))
        add("device", .string(series.device))
        add("device_type", text(series.deviceType))
        add("neighbourhood", text(series.neighbourhood))
        add("site", text(series.site))
        add("quantity", .string(series.quantity))
        add("unit", .string(series.unit))
        add("tier", .string(row.window.tier.name))
        add("window_start", .integer(row.window.start.milliseconds))
        add("window_end", .integer(row.window.end.milliseconds))
        add("revision", .integer(Int64(row.revision)))
        for field in SharedField.allCases where row.fields.contains(field) {
            add(field.name, ArcGISFeature.value(row[field]))
        }
        var members: [JSONValue.Member] = []
        if let place = series.location {
            members.append(
                .init(
                    "geometry",
                    [
                        "x": .number(place.longitude), "y": .number(place.latitude),
                        "spatialReference": ["wkid": .integer(4326)],
                    ]))
        }
        members.append(.init("attributes", .object(attributes)))
        return .object(members)
    }

    /// There are no booleans in a layer.
    private static func value(_ value: SharedField.Value?) -> JSONValue {
        switch value {
        case .number(let number): .number(number)
        case .integer(let number): .integer(Int64(number))
        case .boolean(let value): .integer(value ? 1 : 0)
        case .time(let time): .integer(time.milliseconds)
        case nil: .null
        }
    }
}
