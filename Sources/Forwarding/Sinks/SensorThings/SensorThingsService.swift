import HTTP
import Telemetry

/// Requests to a SensorThings server. Source: OGC 18-088, 9 (reading) and 10 (writing).
final class SensorThingsService {
    private let root: String
    let exchange: SinkExchange

    /// - Parameter root: without a slash at its end.
    init(root: String, exchange: SinkExchange) {
        self.root = root
        self.exchange = exchange
    }

    /// - Parameter query: names and values, not encoded.
    func get(_ path: String, _ query: [(String, String)] = []) -> HTTPRequest {
        let items = query.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return HTTPRequest(
            .get, "\(root)/\(path)\(items.isEmpty ? "" : "?\(items)")",
            headers: [HTTPRequest.Header("Accept", "application/json")])
    }

    func request(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue) -> HTTPRequest {
        HTTPRequest(
            method, "\(root)/\(path)",
            headers: [
                HTTPRequest.Header("Accept", "application/json"),
                HTTPRequest.Header("Content-Type", "application/json; charset=utf-8"),
            ], body: body.bytes)
    }

    /// Entities of a set by name: of several of one name the oldest, so that all who ask take the same.
    ///
    /// Several names go in one request, as many as fit into a url that every server takes.
    func find(
        _ set: String, named names: [String], expanding expansion: String? = nil
    ) throws(SinkFailure) -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        var filter = ""
        var asked = 0
        for (index, name) in names.enumerated() {
            filter += (filter.isEmpty ? "" : " or ") + "name eq \(SensorThingsID.quoted(name))"
            asked += 1
            guard index == names.count - 1 || asked == 20 || PercentEncoding.encode(filter).utf8.count > 1500 else {
                continue
            }
            var query = [("$filter", filter), ("$orderby", "name asc"), ("$top", "100")]
            if let expansion { query.append(("$expand", expansion)) }
            let operation = "look for \(set)"
            guard let entities = try all(set, query, operation) else {
                throw SinkFailure(
                    .misconfigured, operation: operation, place: exchange.server, cause: "it has no \(set)",
                    hint: "the url must be the service's root, with its version: …/v1.1")
            }
            for entity in entities {
                guard let id = SensorThingsID(of: entity), let name = entity["name"]?.string else { continue }
                if let other = found[name].flatMap({ SensorThingsID(of: $0) }), other < id { continue }
                found[name] = entity
            }
            filter = ""
            asked = 0
        }
        return found
    }

    /// All pages of what a query finds, however short the server makes them; nil where the path leads to nothing.
    private func all(
        _ path: String, _ query: [(String, String)], _ operation: String
    ) throws(SinkFailure) -> [JSONValue]? {
        var found: [JSONValue] = []
        for _ in 0..<SensorThingsService.mostPages {
            let skip = found.isEmpty ? [] : [("$skip", String(found.count))]
            let response = try exchange.send(get(path, query + skip), to: operation)
            if response.status == 404 || response.status == 410 { return nil }
            if let failure = exchange.failure(response, operation, isOfRows: false) { throw failure }
            let (values, isLast) = try page(response, operation)
            found += values
            if isLast || values.isEmpty { return found }
        }
        throw exchange.strange("it has pages without an end", operation, mayHaveArrived: false)
    }

    private func page(
        _ response: HTTPResponse, _ operation: String
    ) throws(SinkFailure) -> (values: [JSONValue], isLast: Bool) {
        let answer = try exchange.json(response, operation, mayHaveArrived: false)
        guard let values = answer["value"]?.array else {
            throw exchange.strange(
                "it answers \(response.status) without a value: \(response.words ?? "")", operation,
                mayHaveArrived: false)
        }
        return (values, answer["@iot.nextLink"] == nil)
    }

    /// - Returns: an entity's observations within a stretch of time, and perhaps some beside it; nil where it is not there.
    func observations(
        of datastream: SensorThingsID, from start: Timestamp, to end: Timestamp
    ) throws(SinkFailure) -> [JSONValue]? {
        // Whether an interval is before a moment is not told by the standard: a second more holds whatever is meant.
        let filter = "phenomenonTime gt \(start - 1000) and phenomenonTime lt \(end + 1000)"
        return try all(
            "Datastreams\(datastream.inURL)/Observations",
            [("$filter", filter), ("$orderby", "phenomenonTime asc"), ("$top", "200")], "look for observations")
    }

    /// A server's page may be short; a stretch is never longer than 1000 windows.
    private static let mostPages = 1000
}
