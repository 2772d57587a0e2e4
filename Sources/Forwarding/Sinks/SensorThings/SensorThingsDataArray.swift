import Telemetry

/// Many observations in one request, and what a server says of each.
enum SensorThingsDataArray {
    /// Rows of one datastream for `CreateObservations`. FROST takes these components and no others; one that it does not know
    /// fails all. Source: OGC 18-088, 13.2; FROST-Server, ArrayValueHandlers.
    static func group(
        _ rows: [SharedAggregate], datastream: JSONValue, featureOfInterest: SensorThingsID?,
        ids: SensorThingsOptions.IDs
    ) -> JSONValue {
        var components: [JSONValue] = ["phenomenonTime", "result", "parameters", "resultQuality"]
        if featureOfInterest != nil { components.append("FeatureOfInterest/id") }
        if ids == .client { components.append("@iot.id") }
        let values = rows.map { row -> JSONValue in
            let observation = SensorThingsObservation(row: row)
            var values: [JSONValue] = [
                .string(observation.phenomenonTime), observation.result, observation.parameters,
                observation.resultQuality,
            ]
            if let featureOfInterest { values.append(featureOfInterest.value) }
            if ids == .client { values.append(observation.clientID) }
            return .array(values)
        }
        return [
            "Datastream": datastream, "components": .array(components),
            "dataArray@iot.count": .integer(Int64(values.count)), "dataArray": .array(values),
        ]
    }
}

/// What a server says of one row that it did not take.
enum SensorThingsRefusal {
    /// FROST: `error No such entity 'Datastream' with id [6]`.
    static func isOfDatastream(_ reason: String) -> Bool {
        let reason = reason.lowercased()
        return ["datastream", "featureofinterest"].contains { reason.contains($0) }
            && ["no such", "not found", "not exist", "unknown", "no entity"].contains { reason.contains($0) }
    }

    static func isForNow(_ reason: String) -> Bool {
        let reason = reason.lowercased()
        return [
            "timeout", "timed out", "deadlock", "connection", "unavailable", "temporar", "try again",
            "too many requests",
        ].contains { reason.contains($0) }
    }
}
