import HTTP
import Telemetry

/// Which entities on the server are ours: found by their names, and created where they are not there.
///
/// Another gateway may create the same at the same moment, and an answer may be lost: so each is looked for, created, and
/// looked for again, and of several the oldest is taken by everyone.
final class SensorThingsDirectory {
    struct Datastream: Sendable {
        let id: SensorThingsID
        /// Where the thing has no location from which the server makes one.
        let featureOfInterest: SensorThingsID?
        /// No observation that is there, or may be there, begins at or after it.
        var knownUntil: Timestamp
    }

    private let service: SensorThingsService
    private var datastreams: BoundedCache<String, Datastream>
    private var others: BoundedCache<String, SensorThingsID>

    init(_ service: SensorThingsService, most: Int) {
        self.service = service
        datastreams = BoundedCache(most: most)
        others = BoundedCache(most: most)
    }

    func forgetAll() {
        datastreams.removeAll()
        others.removeAll()
    }

    /// What is remembered, without asking.
    func known(_ stream: SensorThingsStream) -> Datastream? { datastreams.peek(stream.name) }

    func remember(_ datastream: Datastream, of stream: SensorThingsStream) { datastreams.set(stream.name, datastream) }

    /// It may hold more than is known.
    func doubt(_ stream: SensorThingsStream) { datastreams.remove(stream.name) }

    /// It is not there any more, nor perhaps what it hung on.
    func forget(_ stream: SensorThingsStream) {
        datastreams.remove(stream.name)
        others.remove("Things/\(stream.thingName)")
        others.remove("Sensors/\(stream.sensorName)")
        others.remove("ObservedProperties/\(stream.series.quantity)")
        others.remove("FeaturesOfInterest/\(stream.thingName)")
    }

    /// The datastreams of all streams.
    func find(_ streams: Set<SensorThingsStream>) throws(SinkFailure) -> [String: Datastream] {
        var found: [String: Datastream] = [:]
        var missing: [SensorThingsStream] = []
        for stream in streams {
            if let known = datastreams.value(of: stream.name) {
                found[stream.name] = known
            } else {
                missing.append(stream)
            }
        }
        if missing.isEmpty { return found }
        missing.sort { $0.name < $1.name }
        let things = try settle("Things", missing.map { ($0.thingName, $0.thing, $0.location) })
        let features = try settle(
            "FeaturesOfInterest",
            missing.filter { $0.series.location == nil }.map { ($0.thingName, $0.featureOfInterest, nil) })
        try look(for: &missing, features, into: &found)
        if missing.isEmpty { return found }
        let sensors = try settle("Sensors", missing.map { ($0.sensorName, $0.sensor, nil) })
        let properties = try settle(
            "ObservedProperties", missing.map { ($0.series.quantity, $0.observedProperty, nil) })
        for stream in missing {
            guard let thing = things[stream.thingName], let sensor = sensors[stream.sensorName],
                let property = properties[stream.series.quantity]
            else { continue }
            do throws(SinkFailure) {
                try post("Datastreams", stream.datastream(thing: thing, sensor: sensor, property: property))
            } catch {
                // What it hangs on may have been deleted since it was found.
                forget(stream)
                throw error
            }
        }
        try look(for: &missing, features, into: &found)
        guard let lost = missing.first else { return found }
        throw service.exchange.strange(
            "it took the datastream \(lost.name), and does not find it", "create datastreams", mayHaveArrived: false)
    }

    /// Moves those that are there from what is missing to what is found.
    private func look(
        for missing: inout [SensorThingsStream], _ features: [String: SensorThingsID],
        into found: inout [String: Datastream]
    ) throws(SinkFailure) {
        let entities = try service.find(
            "Datastreams", named: missing.map(\.name),
            expanding: "Observations($orderby=phenomenonTime desc;$top=1)")
        for stream in missing {
            guard let entity = entities[stream.name], let id = SensorThingsID(of: entity) else { continue }
            let datastream = Datastream(
                id: id, featureOfInterest: features[stream.thingName],
                knownUntil: SensorThingsDirectory.end(of: entity["Observations"]))
            found[stream.name] = datastream
            datastreams.set(stream.name, datastream)
        }
        missing.removeAll { found[$0.name] != nil }
    }

    /// The end of the newest observation. Where the server does not say, all are looked up before they are sent; so where it
    /// gives more than the one that was asked for, in whatever order.
    private static func end(of observations: JSONValue?) -> Timestamp {
        guard let observations = observations?.array, observations.count <= 1 else { return .distantFuture }
        guard let newest = observations.first else { return .distantPast }
        return newest["phenomenonTime"]?.string.flatMap { SensorThingsTime($0)?.end } ?? .distantFuture
    }

    private func post(_ path: String, _ entity: JSONValue) throws(SinkFailure) {
        _ = try service.exchange.sendAndCheck(service.request(.post, path, entity), to: "create \(path)")
    }

    /// Makes sure that entities are there.
    /// - Returns: their ids, by name.
    private func settle(
        _ set: String, _ wanted: [(name: String, entity: JSONValue, location: JSONValue?)]
    ) throws(SinkFailure) -> [String: SensorThingsID] {
        var missing: [String: (entity: JSONValue, location: JSONValue?)] = [:]
        var ids: [String: SensorThingsID] = [:]
        for (name, entity, location) in wanted {
            if let id = others.value(of: "\(set)/\(name)") {
                ids[name] = id
            } else {
                missing[name] = (entity, location)
            }
        }
        if missing.isEmpty { return ids }
        let names = missing.keys.sorted()
        let expansion = set == "Things" ? "Locations" : nil
        var found = try service.find(set, named: names, expanding: expansion)
        let created = names.filter { found[$0] == nil }
        for name in created { if let entity = missing[name]?.entity { try post(set, entity) } }
        if !created.isEmpty {
            found.merge(try service.find(set, named: created, expanding: expansion)) { _, new in new }
        }
        for name in names {
            guard let entity = found[name], let id = SensorThingsID(of: entity) else {
                throw service.exchange.strange(
                    "it took \(name) as one of \(set), and does not find it", "create \(set)", mayHaveArrived: false)
            }
            if let location = missing[name]?.location, !SensorThingsDirectory.stands(entity, at: location) {
                try post("Things\(id.inURL)/Locations", location)
            }
            others.set("\(set)/\(name)", id)
            ids[name] = id
        }
        return ids
    }

    /// Whether a thing has this location. One that it is given takes the place of the old, which the server keeps as
    /// historical. Source: OGC 18-088, 8.2.2.
    private static func stands(_ thing: JSONValue, at location: JSONValue) -> Bool {
        let wanted = coordinates(location)
        return (thing["Locations"]?.array ?? []).contains { entity in
            let coordinates = coordinates(entity)
            return coordinates.count == wanted.count && zip(coordinates, wanted).allSatisfy { abs($0 - $1) < 1e-7 }
        }
    }

    /// Of a point, or of a feature that is one.
    private static func coordinates(_ entity: JSONValue) -> [Double] {
        let shape = entity["location"]?["geometry"] ?? entity["location"]
        return (shape?["coordinates"]?.array ?? []).compactMap(\.number)
    }
}
