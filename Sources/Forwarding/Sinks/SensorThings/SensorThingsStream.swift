import Telemetry

/// A series in a tier, which is a Datastream, and what it hangs on.
struct SensorThingsStream: Hashable, Sendable {
    let series: SharedSeries
    let tier: Tier
    /// By which it is found again. The key of an observation begins so.
    let name: String
    private let figure: SharedField

    init(_ row: SharedAggregate) {
        series = row.series
        tier = row.window.tier
        figure = row.mainField
        name = "\(series.gateway)/\(series.device)/\(series.quantity)/\(series.unit)/\(tier.name)"
    }

    static func == (left: SensorThingsStream, right: SensorThingsStream) -> Bool { left.name == right.name }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }

    var thingName: String { "\(series.gateway)/\(series.device)" }

    var sensorName: String { series.deviceType.isEmpty ? "sensor" : series.deviceType }

    // MARK: - Entities, as they are created

    var thing: JSONValue {
        var properties: [JSONValue.Member] = [
            .init("gateway", .string(series.gateway)), .init("device", .string(series.device)),
        ]
        for (key, text) in [
            ("device_type", series.deviceType), ("neighbourhood", series.neighbourhood), ("site", series.site),
        ] where !text.isEmpty {
            properties.append(.init(key, .string(text)))
        }
        var members: [JSONValue.Member] = [
            .init("name", .string(thingName)),
            .init("description", .string("\(sensorName) \(series.device), by way of the gateway \(series.gateway)")),
            .init("properties", .object(properties)),
        ]
        if let location { members.append(.init("Locations", [location])) }
        return .object(members)
    }

    /// Nil where it is unknown.
    var location: JSONValue? {
        guard let place = series.location else { return nil }
        return [
            "name": .string(thingName), "description": .string("where \(series.device) stands"),
            "encodingType": "application/geo+json",
            "location": [
                "type": "Point", "coordinates": [.number(place.longitude), .number(place.latitude)],
            ],
        ]
    }

    /// What observations are of where no location says it: without either, servers refuse them.
    /// Source: OGC 18-088, 10.1 (an Observation has one FeatureOfInterest); FROST-Server issues 2277, and 21 (what is of a type
    /// that it does not know is kept without a geometry).
    var featureOfInterest: JSONValue {
        [
            "name": .string(thingName), "description": .string("where \(series.device) stands, which is not told"),
            "encodingType": "text/plain", "feature": ["description": .string("the surroundings of \(series.device)")],
        ]
    }

    var sensor: JSONValue {
        [
            "name": .string(sensorName), "description": .string("devices of the type \(sensorName)"),
            "encodingType": "text/html", "metadata": .string("devices of the type \(sensorName)"),
        ]
    }

    var observedProperty: JSONValue {
        [
            "name": .string(series.quantity), "description": .string(series.quantity),
            "definition": .string("urn:poort:quantity:\(PercentEncoding.encode(series.quantity))"),
        ]
    }

    func datastream(thing: SensorThingsID, sensor: SensorThingsID, property: SensorThingsID) -> JSONValue {
        [
            "name": .string(name),
            "description": .string("\(figure.name) of \(series.quantity) in windows of \(tier.name)"),
            "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
            "unitOfMeasurement": [
                "name": .string(series.unit), "symbol": .string(series.unit),
                "definition": .string("ucum:\(PercentEncoding.encode(series.unit))"),
            ],
            "properties": [
                "gateway": .string(series.gateway), "device": .string(series.device),
                "quantity": .string(series.quantity), "tier": .string(tier.name), "figure": .string(figure.name),
            ],
            "Thing": thing.reference, "Sensor": sensor.reference, "ObservedProperty": property.reference,
        ]
    }
}
