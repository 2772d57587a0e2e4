import Synchronization
import Telemetry
import TestKit

@testable import Forwarding

/// A feature layer that keeps what it is sent, and says what is wrong as ArcGIS does: with HTTP's 200. Any thread.
final class FakeFeatureLayer: Sendable {
    struct State {
        /// By GlobalID.
        var features: [String: JSONValue] = [:]
        /// What it says of a feature by its GlobalID, in place of taking it.
        var errors: [String: (code: Int, description: String)] = [:]
        var token: String?
        /// Tokens that were handed out.
        var tokens = 0
        var rollsBack = false
        var globalIDField = "GlobalID"
        /// As the layer writes them.
        var fields =
            ["device", "quantity", "unit", "tier", "window_start", "window_end", "revision", "last_"]
            + SharedField.allCases.map(\.name).filter { $0 != "last" }
    }

    let state = Mutex(State())

    var features: [String: JSONValue] { state.withLock { $0.features } }

    static func fields(_ request: SmallHTTPServer.Request) -> [String: String] {
        var fields: [String: String] = [:]
        for item in request.text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1)
            fields[String(parts[0])] = FakeSensorThings.decoded(parts.count > 1 ? String(parts[1]) : "")
        }
        return fields
    }

    var handler: SmallHTTPServer.Handler {
        { [self] request in
            let fields = FakeFeatureLayer.fields(request)
            guard request.method == "POST", request.header("Content-Type") == "application/x-www-form-urlencoded",
                fields["f"] == "json"
            else { return SmallHTTPServer.Response(200, headers: [("Content-Type", "text/html")], "<html>") }
            return state.withLock { state in
                let answer: JSONValue
                switch request.path {
                case "/FeatureServer/0/applyEdits": answer = FakeFeatureLayer.apply(fields, &state)
                case "/FeatureServer/0": answer = FakeFeatureLayer.describe(fields, state)
                case "/generateToken": answer = FakeFeatureLayer.generate(fields, &state)
                case "/oauth2/token": answer = FakeFeatureLayer.token(fields, &state)
                default: answer = FakeFeatureLayer.error(404, "Service not found")
                }
                return SmallHTTPServer.Response(200, headers: [("Content-Type", "application/json")], answer.text)
            }
        }
    }

    static func error(_ code: Int, _ message: String) -> JSONValue {
        ["error": ["code": .integer(Int64(code)), "message": .string(message), "details": []]]
    }

    private static func token(_ fields: [String: String], _ state: inout State) -> JSONValue {
        guard fields["grant_type"] == "client_credentials", fields["client_id"] == "app",
            fields["client_secret"] == "hush"
        else { return error(400, "Invalid client_id or client_secret") }
        state.tokens += 1
        state.token = "token-\(state.tokens)"
        return ["access_token": .string("token-\(state.tokens)"), "expires_in": .integer(7200)]
    }

    private static func generate(_ fields: [String: String], _ state: inout State) -> JSONValue {
        guard fields["username"] == "jo", fields["password"] == "hush", fields["client"] == "requestip" else {
            return error(400, "Unable to generate token.")
        }
        state.tokens += 1
        state.token = "token-\(state.tokens)"
        return [
            "token": .string("token-\(state.tokens)"), "expires": .integer(1_764_003_600_000), "ssl": .boolean(true),
        ]
    }

    private static func complaint(_ fields: [String: String], _ state: State) -> JSONValue? {
        guard let token = state.token, fields["token"] != token else { return nil }
        return fields["token"] == nil ? error(499, "Token Required") : error(498, "Invalid Token")
    }

    private static func describe(_ fields: [String: String], _ state: State) -> JSONValue {
        if let complaint = complaint(fields, state) { return complaint }
        let described = state.fields.map { name -> JSONValue in
            ["name": .string(name), "type": "esriFieldTypeString"]
        }
        return ["name": "windows", "globalIdField": .string(state.globalIDField), "fields": .array(described)]
    }

    private static func apply(_ fields: [String: String], _ state: inout State) -> JSONValue {
        if let complaint = complaint(fields, state) { return complaint }
        guard fields["useGlobalIds"] == "true", fields["rollbackOnFailure"] == "false" else {
            return error(400, "Cannot perform operation. Invalid operation parameters.")
        }
        var answer: [JSONValue.Member] = []
        let before = state.features
        var hasFailed = false
        for name in ["adds", "updates"] {
            guard let text = fields[name] else { continue }
            guard let edits = (try? JSONReader.read(Array(text.utf8)))?.array else {
                return error(400, "'\(name)' parameter is invalid")
            }
            var results: [JSONValue] = []
            for edit in edits {
                let result = apply(edit, isAdd: name == "adds", &state)
                if result["success"] != .boolean(true) { hasFailed = true }
                results.append(result)
            }
            answer.append(.init("\(name.dropLast())Results", .array(results)))
        }
        guard state.rollsBack, hasFailed else { return .object(answer) }
        state.features = before
        return .object(
            answer.map { member in
                .init(
                    member.name,
                    .array(
                        (member.value.array ?? []).map { result in
                            result["success"] == .boolean(true)
                                ? failure(result["globalId"]?.string ?? "", 1003, "Operation rolled back.") : result
                        }))
            })
    }

    private static func failure(_ id: String, _ code: Int, _ description: String) -> JSONValue {
        [
            "objectId": .integer(-1), "globalId": .string(id), "success": .boolean(false),
            "error": ["code": .integer(Int64(code)), "description": .string(description)],
        ]
    }

    private static func apply(_ edit: JSONValue, isAdd: Bool, _ state: inout State) -> JSONValue {
        let written = edit["attributes"]?[state.globalIDField]?.string ?? ""
        let id = written.filter { $0 != "{" && $0 != "}" }
        guard id.count == 36, case .object(let new)? = edit["attributes"] else {
            return failure(id, 1020, "Missing GlobalID.")
        }
        if let (code, description) = state.errors[id] { return failure(id, code, description) }
        if isAdd, state.features[id] != nil {
            return failure(id, 1022, "Unique constraint violation error on inserting the value.")
        }
        if !isAdd, state.features[id] == nil { return failure(id, 1011, "Object is missing.") }
        for member in new where member.name != state.globalIDField && !state.fields.contains(member.name) {
            return failure(id, 1000, "no field \(member.name)")
        }
        var attributes = new
        if case .object(let old)? = state.features[id]?["attributes"] {
            let names = Set(new.map(\.name))
            attributes = old.filter { !names.contains($0.name) } + new
        }
        state.features[id] = ["geometry": edit["geometry"] ?? .null, "attributes": .object(attributes)]
        return ["objectId": .integer(1), "globalId": .string(id), "success": .boolean(true)]
    }
}
