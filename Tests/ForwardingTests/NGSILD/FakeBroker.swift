import Synchronization
import Telemetry
import TestKit

@testable import Forwarding

/// A context broker that keeps entities, and refuses some. Any thread.
final class FakeBroker: Sendable {
    struct State {
        var entities: [String: JSONValue] = [:]
        /// What it says of an entity, in place of taking it.
        var errors: [String: JSONValue] = [:]
        /// Whether names come back as they are explained.
        var expands = false
        var tenants: Set<String> = []
    }

    let state = Mutex(State())

    var entities: [String: JSONValue] { state.withLock { $0.entities } }

    var handler: SmallHTTPServer.Handler {
        { [self] request in
            state.withLock { state in
                if let tenant = request.header("NGSILD-Tenant") { state.tenants.insert(tenant) }
                let path = FakeSensorThings.decoded(request.path).split(separator: "/").map(String.init)
                guard path.prefix(2) == ["ngsi-ld", "v1"] else { return FakeBroker.problem(404, "ResourceNotFound") }
                switch (request.method, path.count, path[2]) {
                case ("POST", 4, "entityOperations") where path[3] == "upsert" && request.query == "options=update":
                    return FakeBroker.upsert(request, &state)
                case ("GET", 4, "entities"):
                    guard let entity = state.entities[path[3]], request.header("Link") != nil else {
                        return FakeBroker.problem(404, "ResourceNotFound")
                    }
                    let shown = state.expands ? FakeBroker.expanded(entity) : entity
                    return SmallHTTPServer.Response(200, headers: [("Content-Type", "application/json")], shown.text)
                case ("DELETE", 6, "entities"):
                    guard case .object(let members)? = state.entities[path[3]],
                        members.contains(where: { $0.name == path[5] })
                    else { return FakeBroker.problem(404, "ResourceNotFound") }
                    state.entities[path[3]] = .object(members.filter { $0.name != path[5] })
                    return SmallHTTPServer.Response(204)
                default: return FakeBroker.problem(400, "InvalidRequest")
                }
            }
        }
    }

    private static func problem(_ status: Int, _ type: String, _ detail: String = "") -> SmallHTTPServer.Response {
        SmallHTTPServer.Response(
            status, headers: [("Content-Type", "application/json")], self.error(status, type, detail).text)
    }

    static func error(_ status: Int?, _ type: String, _ detail: String = "") -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string("https://uri.etsi.org/ngsi-ld/errors/\(type)")), .init("title", .string(type)),
            .init("detail", .string(detail)),
        ]
        if let status { members.append(.init("status", .integer(Int64(status)))) }
        return .object(members)
    }

    /// As a broker that does not know the context.
    private static func expanded(_ entity: JSONValue) -> JSONValue {
        guard case .object(let members) = entity else { return entity }
        return .object(
            members.map { member in
                ["id", "type", "@context", "value", "observedAt", "unitCode"].contains(member.name)
                    ? member
                    : .init("https://uri.etsi.org/ngsi-ld/default-context/\(member.name)", expanded(member.value))
            })
    }

    private static func upsert(_ request: SmallHTTPServer.Request, _ state: inout State) -> SmallHTTPServer.Response {
        guard request.header("Content-Type") == "application/ld+json", let body = try? JSONReader.read(request.body),
            let entities = body.array, !entities.isEmpty
        else { return problem(400, "BadRequestData") }
        var created: [JSONValue] = []
        var updated: [JSONValue] = []
        var errors: [JSONValue] = []
        var ids: Set<String> = []
        for entity in entities {
            guard let id = entity["id"]?.string, entity["type"]?.string != nil, entity["@context"] != nil,
                id.hasPrefix("urn:ngsi-ld:"), ids.insert(id).inserted
            else { return problem(400, "BadRequestData", "no entity, or twice") }
            if let error = state.errors[id] ?? complaint(entity) {
                errors.append(["entityId": .string(id), "error": error])
                continue
            }
            if state.entities[id] == nil { created.append(.string(id)) } else { updated.append(.string(id)) }
            state.entities[id] = merged(state.entities[id], entity)
        }
        if !errors.isEmpty || (!created.isEmpty && !updated.isEmpty) {
            let result: JSONValue = ["success": .array(created + updated), "errors": .array(errors)]
            return SmallHTTPServer.Response(207, headers: [("Content-Type", "application/json")], result.text)
        }
        return created.isEmpty
            ? SmallHTTPServer.Response(204) : SmallHTTPServer.Response(201, JSONValue.array(created).text)
    }

    private static func complaint(_ entity: JSONValue) -> JSONValue? {
        guard case .object(let members) = entity else { return error(400, "BadRequestData") }
        for member in members where !["id", "type", "@context"].contains(member.name) {
            guard let value = member.value["value"], value != .null else {
                return error(400, "BadRequestData", "\(member.name) has no value")
            }
            // Lists in the core context.
            guard case .object(let parts) = member.value else { continue }
            for name in ["avg", "min", "max", "sum", "stddev", "sumsq"]
            where member.name == name || parts.contains(where: { $0.name == name }) {
                return error(400, "BadRequestData", "\(name) is no property")
            }
        }
        return nil
    }

    private static func merged(_ old: JSONValue?, _ new: JSONValue) -> JSONValue {
        guard case .object(let old)? = old, case .object(let new) = new else { return new }
        let names = Set(new.map(\.name))
        return .object(old.filter { !names.contains($0.name) } + new)
    }
}
