import HTTP
import Telemetry

/// Requests to a context broker, and what it answers.
final class NGSILDBroker {
    private let root: String
    private let options: NGSILDOptions
    let exchange: SinkExchange

    /// - Parameter root: without a slash at its end.
    init(root: String, options: NGSILDOptions, exchange: SinkExchange) {
        self.root = root
        self.options = options
        self.exchange = exchange
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, headers: [HTTPRequest.Header], body: [UInt8] = []
    ) -> HTTPRequest {
        var headers = headers
        if let tenant = options.tenant { headers.append(HTTPRequest.Header("NGSILD-Tenant", tenant)) }
        return HTTPRequest(method, "\(root)/ngsi-ld/v1/\(path)", headers: headers, body: body)
    }

    /// Adds and replaces attributes, and leaves others as they are. Source: ETSI GS CIM 009, 6.15.3.1.
    func upsert(_ entities: [JSONValue]) -> HTTPRequest {
        request(
            .post, "entityOperations/upsert?options=update",
            headers: [
                HTTPRequest.Header("Content-Type", "application/ld+json"),
                HTTPRequest.Header("Accept", "application/json"),
            ], body: JSONValue.array(entities).bytes)
    }

    /// Names that are no part of the core context are explained by a link, of which there may be one.
    /// Source: ETSI GS CIM 009, 6.3.5.
    private var links: [HTTPRequest.Header] {
        guard let context = options.context.first else { return [] }
        return [
            HTTPRequest.Header(
                "Link", "<\(context)>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"")
        ]
    }

    /// What is newest in each property of an entity, as far as the broker tells; empty where it is not there.
    func ages(of id: String) throws(SinkFailure) -> [String: NGSILDAge] {
        let operation = "ask for an entity"
        let request = request(
            .get, "entities/\(PercentEncoding.encode(id))",
            headers: [HTTPRequest.Header("Accept", "application/json")] + links)
        let response = try exchange.send(request, to: operation)
        // Orion-LD says so too where the tenant is not there yet, which the first upsert makes.
        if response.status == 404 { return [:] }
        if let failure = exchange.failure(response, operation, isOfRows: false) { throw failure }
        guard case .object(let members) = try exchange.json(response, operation, mayHaveArrived: false) else {
            throw exchange.strange("it answers an entity that is none", operation, mayHaveArrived: false)
        }
        var ages: [String: NGSILDAge] = [:]
        for member in members {
            guard let end = member.value["observedAt"]?.string.flatMap({ Timestamp(rfc3339: $0) }) else { continue }
            func value(_ name: String) -> JSONValue? {
                guard case .object(let parts) = member.value else { return nil }
                let property = parts.last { NGSILDBroker.short($0.name) == name }?.value
                return property?["value"] ?? property
            }
            let start = value("windowStart").flatMap { $0["@value"] ?? $0 }?.string.flatMap { Timestamp(rfc3339: $0) }
            ages[NGSILDBroker.short(member.name)] = NGSILDAge(
                end: end, start: start ?? .distantPast, revision: value("revision")?.integer ?? 0)
        }
        return ages
    }

    /// A name as it was sent, where the broker answers with whole ones.
    private static func short(_ name: String) -> String {
        guard name.contains("://") else { return name }
        return String(name.split { $0 == "/" || $0 == "#" }.last ?? "")
    }

    /// What is not there is no failure.
    func delete(_ attribute: String, of id: String) throws(SinkFailure) {
        let operation = "delete an attribute"
        let response = try exchange.send(
            request(
                .delete, "entities/\(PercentEncoding.encode(id))/attrs/\(PercentEncoding.encode(attribute))",
                headers: links), to: operation)
        if response.status == 404 { return }
        if let failure = exchange.failure(response, operation, isOfRows: false) { throw failure }
    }

    // MARK: - What it answers

    /// What became of each entity; nil where this does not say it.
    /// Source: ETSI GS CIM 009, 5.2.16 (BatchOperationResult), 5.2.17 (BatchEntityError).
    static func outcomes(of answer: JSONValue, ids: [String]) -> [String: Delivery.Outcome]? {
        var outcomes: [String: Delivery.Outcome] = [:]
        for id in ids { outcomes[id] = .again("the broker says nothing of \(id)") }
        if let entries = answer.array, !entries.isEmpty {
            // Scorpio 4.1: one for each entity. Source: its issue 466.
            for entry in entries {
                guard let id = entry["id"]?.string else { return nil }
                outcomes[id] = entry["failure"]?.array?.first.map { outcome(of: $0) } ?? .taken
            }
            return outcomes
        }
        guard answer["success"] != nil || answer["errors"] != nil else { return nil }
        for id in (answer["success"]?.array ?? []).compactMap(\.string) { outcomes[id] = .taken }
        for entry in answer["errors"]?.array ?? [] {
            guard let id = (entry["entityId"] ?? entry["id"])?.string else { continue }
            outcomes[id] = outcome(of: entry["error"] ?? entry)
        }
        return outcomes
    }

    /// Source: ETSI GS CIM 009, 5.5.2 (error types), 6.3.2 (statuses).
    private static func outcome(of error: JSONValue) -> Delivery.Outcome {
        let type = error["type"]?.string ?? ""
        let title = [error["title"], error["detail"]].compactMap { $0?.string ?? $0?.text }
        let words = title.filter { !$0.isEmpty && $0 != "null" }.joined(separator: ": ")
        let status = ["status", "errorCode", "httpStatus"].lazy.compactMap { name in
            error[name].flatMap { $0.integer ?? $0.string.flatMap { Int($0) } }
        }.first
        let reason = String(
            "\(status.map { "\($0) " } ?? "")\(words.isEmpty ? type : words)".prefix(SinkFailure.longestCause))
        if let status {
            let isForNow = [401, 403, 408, 425, 429].contains(status) || status >= 500
            return (400...499).contains(status) && !isForNow ? .refused(reason) : .again(reason)
        }
        let isForNow = ["InternalError", "LdContextNotAvailable", "NonexistentTenant"].contains {
            type.hasSuffix($0)
        }
        return isForNow ? .again(reason) : .refused(reason)
    }
}
