import Synchronization
import Telemetry
import TestKit

@testable import Forwarding

/// A SensorThings server that keeps what it is sent, as FROST does: ids are numbers that it makes, observations need a feature
/// of interest, and `CreateObservations` answers 201 whatever became of the rows. Any thread.
final class FakeSensorThings: Sendable {
    struct State {
        var sets: [String: [Int: JSONValue]] = [:]
        var nextID = 1
        /// So many of a page, whatever is asked.
        var pageSize = 50
        var takesMany = true
        /// What it says of a row by its key, in place of taking it.
        var rowErrors: [String: String] = [:]
        /// Whether it refuses a second observation of one time, without a word why.
        var isUnique = false
        /// Whether it gives all of what is expanded, whatever is asked.
        var expandsAll = false
    }

    let state = Mutex(State())

    static let sets: Set<String> = [
        "Things", "Locations", "Sensors", "ObservedProperties", "FeaturesOfInterest", "Datastreams", "Observations",
    ]

    func entities(_ set: String) -> [JSONValue] {
        state.withLock { state in (state.sets[set] ?? [:]).sorted { $0.key < $1.key }.map(\.value) }
    }

    func delete(_ set: String, where condition: (JSONValue) -> Bool) {
        state.withLock { state in state.sets[set] = state.sets[set]?.filter { !condition($0.value) } }
    }

    struct Refusal: Error {
        var status: Int
        var message: String

        init(_ status: Int, _ message: String) {
            self.status = status
            self.message = message
        }
    }

    var handler: SmallHTTPServer.Handler {
        { [self] request in
            state.withLock { state in
                do throws(Refusal) {
                    return try FakeSensorThings.answer(request, &state)
                } catch {
                    let body: JSONValue = ["code": .integer(Int64(error.status)), "message": .string(error.message)]
                    return SmallHTTPServer.Response(
                        error.status, headers: [("Content-Type", "application/json")], body.text)
                }
            }
        }
    }

    private static func answer(
        _ request: SmallHTTPServer.Request, _ state: inout State
    ) throws(Refusal) -> SmallHTTPServer.Response {
        guard request.path.hasPrefix("/v1.1/") else { throw Refusal(404, "Not a valid path") }
        let path = request.path.dropFirst("/v1.1/".count).split(separator: "/").map(String.init)
        let first = path.first ?? ""
        let set = String(first.prefix { $0 != "(" })
        guard sets.contains(set) || set == "CreateObservations" else { throw Refusal(404, "Not a valid path") }
        let id = number(FakeSensorThings.decoded(String(first.dropFirst(set.count + 1).dropLast())), in: set, state)
        switch (request.method, path.count) {
        case ("POST", 1) where set == "CreateObservations":
            return try createMany(try body(request), &state)
        case ("POST", 1):
            let id = try create(set, try body(request), &state)
            return SmallHTTPServer.Response(201, headers: [("Location", "http://elsewhere/v1.1/\(set)(\(id))")])
        case ("POST", 2):
            guard let id, case .object(let members) = state.sets[set]?[id] else { throw Refusal(404, "Nothing found.") }
            let location = try create("Locations", try body(request), &state)
            state.sets[set]?[id] = .object(
                members.filter { $0.name != "Locations" } + [.init("Locations", [.integer(Int64(location))])])
            return SmallHTTPServer.Response(201)
        case ("PATCH", 1):
            guard let id, case .object(let old) = state.sets[set]?[id], case .object(let new) = try body(request) else {
                throw Refusal(404, "Nothing found.")
            }
            let names = Set(new.map(\.name))
            state.sets[set]?[id] = .object(old.filter { !names.contains($0.name) } + new)
            return SmallHTTPServer.Response(200)
        case ("DELETE", 1):
            guard let id, state.sets[set]?.removeValue(forKey: id) != nil else { throw Refusal(404, "Nothing found.") }
            return SmallHTTPServer.Response(200)
        case ("GET", _): return try read(set, id, path, query(request), &state)
        default: throw Refusal(405, "")
        }
    }

    /// Where an entity is kept: ids that a client made are texts.
    private static func number(_ id: String, in set: String, _ state: State) -> Int? {
        if let number = Int(id) { return number }
        let text = JSONValue.string(String(id.dropFirst().dropLast()))
        return state.sets[set]?.first { $0.value["@iot.id"] == text }?.key
    }

    private static func body(_ request: SmallHTTPServer.Request) throws(Refusal) -> JSONValue {
        guard request.header("Content-Type")?.hasPrefix("application/json") == true,
            let body = try? JSONReader.read(request.body)
        else { throw Refusal(400, "Failed to parse") }
        return body
    }

    // MARK: - Creating

    private static let required = [
        "Things": ["name", "description"], "Locations": ["name", "description", "encodingType", "location"],
        "Sensors": ["name", "description", "encodingType", "metadata"],
        "ObservedProperties": ["name", "definition", "description"],
        "FeaturesOfInterest": ["name", "description", "encodingType", "feature"],
        "Datastreams": [
            "name", "description", "observationType", "unitOfMeasurement", "Thing", "Sensor", "ObservedProperty",
        ], "Observations": ["phenomenonTime", "result", "Datastream"],
    ]

    private static func create(_ set: String, _ entity: JSONValue, _ state: inout State) throws(Refusal) -> Int {
        guard case .object(var members) = entity else { throw Refusal(400, "no object") }
        for name in required[set] ?? [] where entity[name] == nil {
            throw Refusal(400, "Missing required property '\(name)'")
        }
        for (name, target) in [
            ("Thing", "Things"), ("Sensor", "Sensors"), ("ObservedProperty", "ObservedProperties"),
            ("Datastream", "Datastreams"), ("FeatureOfInterest", "FeaturesOfInterest"),
        ] {
            guard let link = entity[name] else { continue }
            guard let id = link["@iot.id"]?.integer, state.sets[target]?[id] != nil else {
                throw Refusal(404, "No such entity '\(name)' with id [\(link["@iot.id"]?.text ?? "")]")
            }
        }
        if set == "Observations" { try check(entity, state) }
        if let locations = entity["Locations"]?.array {
            var ids: [JSONValue] = []
            for location in locations { ids.append(.integer(Int64(try create("Locations", location, &state)))) }
            members = members.filter { $0.name != "Locations" } + [.init("Locations", .array(ids))]
        }
        let id = state.nextID
        state.nextID += 1
        if entity["@iot.id"] == nil { members.append(.init("@iot.id", .integer(Int64(id)))) }
        state.sets[set, default: [:]][id] = .object(members)
        return id
    }

    private static func check(_ observation: JSONValue, _ state: State) throws(Refusal) {
        let key = observation["parameters"]?["key"]?.string ?? ""
        if let error = state.rowErrors[key] { throw Refusal(400, error) }
        guard let time = observation["phenomenonTime"]?.string, SensorThingsTime(time) != nil else {
            throw Refusal(400, "phenomenonTime could not be parsed")
        }
        let datastream = observation["Datastream"]
        let thing = datastream?["@iot.id"]?.integer.flatMap {
            state.sets["Datastreams"]?[$0]?["Thing"]?["@iot.id"]?.integer
        }
        let hasLocation = thing.flatMap { state.sets["Things"]?[$0]?["Locations"]?.array }?.isEmpty == false
        guard hasLocation || observation["FeatureOfInterest"] != nil else {
            throw Refusal(409, "Data violates constraints.")
        }
        let all = (state.sets["Observations"] ?? [:]).values
        if state.isUnique,
            all.contains(where: { $0["Datastream"] == datastream && $0["phenomenonTime"]?.string == time })
        {
            throw Refusal(409, "")
        }
        if let id = observation["@iot.id"], all.contains(where: { $0["@iot.id"] == id }) {
            throw Refusal(500, "duplicate key value violates unique constraint")
        }
    }

    private static func createMany(_ body: JSONValue, _ state: inout State) throws(Refusal) -> SmallHTTPServer.Response
    {
        guard state.takesMany else { throw Refusal(404, "Not a valid path") }
        var results: [JSONValue] = []
        let before = state.sets["Observations"]
        let known = ["phenomenonTime", "result", "parameters", "resultQuality", "FeatureOfInterest/id", "@iot.id"]
        for group in body.array ?? [] {
            let components = (group["components"]?.array ?? []).compactMap(\.string)
            guard components.allSatisfy(known.contains), let rows = group["dataArray"]?.array,
                group["dataArray@iot.count"]?.integer == rows.count
            else { throw Refusal(500, "null") }
            for row in rows {
                var members: [JSONValue.Member] = [.init("Datastream", group["Datastream"] ?? .null)]
                for (name, value) in zip(components, row.array ?? []) {
                    let isFeature = name == "FeatureOfInterest/id"
                    members.append(
                        isFeature ? .init("FeatureOfInterest", ["@iot.id": value]) : .init(name, value))
                }
                do throws(Refusal) {
                    let id = try create("Observations", .object(members), &state)
                    results.append(.string("http://elsewhere/v1.1/Observations(\(id))"))
                } catch {
                    // The database's own complaints end the transaction.
                    if error.status == 500 || error.message.hasPrefix("Data violates") {
                        state.sets["Observations"] = before
                        throw Refusal(500, error.message)
                    }
                    results.append(.string("error \(error.message)"))
                }
            }
        }
        return SmallHTTPServer.Response(201, JSONValue.array(results).text)
    }

    // MARK: - Reading

    private static func query(_ request: SmallHTTPServer.Request) -> [String: String] {
        var items: [String: String] = [:]
        for item in (request.query ?? "").split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1).map { decoded(String($0)) }
            if parts.count == 2 { items[parts[0]] = parts[1] }
        }
        return items
    }

    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func read(
        _ set: String, _ id: Int?, _ path: [String], _ query: [String: String], _ state: inout State
    ) throws(Refusal) -> SmallHTTPServer.Response {
        var entities = (state.sets[set] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        if path.count == 2 {
            guard let id, state.sets[set]?[id] != nil else { throw Refusal(404, "Nothing found.") }
            entities = observations(of: id, state)
        }
        if let filter = query["$filter"] { entities = try filtered(entities, filter) }
        if query["$orderby"] == "phenomenonTime asc" { entities.sort { time($0) < time($1) } }
        let skip = Int(query["$skip"] ?? "0") ?? 0
        let page = entities.dropFirst(skip).prefix(min(state.pageSize, Int(query["$top"] ?? "") ?? state.pageSize))
        let expanded = page.map { entity -> JSONValue in
            guard case .object(var members) = entity, let id = entity["@iot.id"]?.integer else { return entity }
            switch query["$expand"] {
            case "Locations":
                let ids = (entity["Locations"]?.array ?? []).compactMap(\.integer)
                members = members.filter { $0.name != "Locations" }
                members.append(.init("Locations", .array(ids.compactMap { state.sets["Locations"]?[$0] })))
            case "Observations($orderby=phenomenonTime desc;$top=1)":
                let all = observations(of: id, state)
                let newest = all.max { time($0) < time($1) }.map { [$0] } ?? []
                members.append(.init("Observations", .array(state.expandsAll ? all : newest)))
            default: break
            }
            return .object(members)
        }
        var answer: [JSONValue.Member] = [.init("value", .array(expanded))]
        if skip + page.count < entities.count { answer.append(.init("@iot.nextLink", "http://elsewhere/")) }
        return SmallHTTPServer.Response(
            200, headers: [("Content-Type", "application/json")], JSONValue.object(answer).text)
    }

    private static func observations(of datastream: Int, _ state: State) -> [JSONValue] {
        (state.sets["Observations"] ?? [:]).sorted { $0.key < $1.key }.map(\.value).filter {
            $0["Datastream"]?["@iot.id"]?.integer == datastream
        }
    }

    private static func time(_ observation: JSONValue) -> Timestamp {
        observation["phenomenonTime"]?.string.flatMap { SensorThingsTime($0)?.start } ?? .distantPast
    }

    /// `name eq 'a' or name eq 'b'`, or `phenomenonTime gt … and phenomenonTime lt …`: of intervals, the whole of them.
    private static func filtered(_ entities: [JSONValue], _ filter: String) throws(Refusal) -> [JSONValue] {
        if filter.hasPrefix("name eq '") {
            let texts = filter.dropFirst("name eq '".count).dropLast().split(separator: "' or name eq '")
            let names = Set(
                texts.map { $0.split(separator: "''", omittingEmptySubsequences: false).joined(separator: "'") })
            return entities.filter { names.contains($0["name"]?.string ?? "") }
        }
        let words = filter.split(separator: " ")
        guard words.count == 7, words[0] == "phenomenonTime", words[1] == "gt", words[5] == "lt",
            let start = Timestamp(rfc3339: String(words[2])), let end = Timestamp(rfc3339: String(words[6]))
        else { throw Refusal(400, "Failed to parse \(filter)") }
        return entities.filter { entity in
            guard let time = entity["phenomenonTime"]?.string.flatMap({ SensorThingsTime($0) }) else { return false }
            return time.start > start && time.end < end
        }
    }
}
