import Telemetry

/// What ArcGIS says is wrong, of one feature or of a request; with HTTP's status 200 in either case.
struct ArcGISError: Sendable, Hashable {
    var code: Int
    /// The server's words, details included.
    var words: String

    init(code: Int, words: String) {
        self.code = code
        self.words = words
    }

    /// - Parameter error: `{"code":1022,"description":"…"}` or `{"code":498,"message":"…","details":["…"]}`.
    init(_ error: JSONValue?) {
        code = error?["code"]?.integer ?? 0
        let texts = [error?["description"], error?["message"]].compactMap { $0?.string }
        let details = (error?["details"]?.array ?? []).compactMap(\.string)
        let all = (texts + details).filter { !$0.isEmpty }
        words = "error \(code)" + (all.isEmpty ? "" : ": \(all.joined(separator: " "))")
    }

    // MARK: - Of one feature. Source: Esri, REST API, feature service error codes.

    private func says(_ phrases: [String]) -> Bool {
        let words = words.lowercased()
        return phrases.contains { words.contains($0) }
    }

    /// An add of what is there. 1017 is an insert that failed inside, which a database's unique index is cause of, too.
    var isOfPresent: Bool { code == 1022 || code == 1017 || says(["duplicate", "unique", "already exists"]) }

    /// An update of what is not there. 1013 may also be a feature of somebody else: then the add fails, too.
    var isOfAbsent: Bool {
        code == 1011 || code == 1013 || code == 1019 || says(["not found", "does not exist", "object is missing"])
    }

    /// Rolled back for another's sake, forbidden for now, or in a queue of the database.
    var isForNow: Bool {
        [429, 500, 502, 503, 504, 1003, 1007, 1012, 2000].contains(code)
            || says([
                "deadlock", "timeout", "timed out", "lock request", "is locked", "connection", "busy", "temporar",
                "try again", "rolled back",
            ])
    }

    var outcome: Delivery.Outcome {
        let words = String(words.prefix(SinkFailure.longestCause))
        return isForNow ? .again(words) : .refused(words)
    }

    // MARK: - Of a request

    var isOfToken: Bool { code == 498 || code == 499 }

    /// Not of a feature, but of how the layer was made.
    var isOfLayer: Bool { [1020, 1021, 2001].contains(code) }

    func failure(server: String, operation: String) -> SinkFailure {
        func failure(_ kind: SinkFailure.Kind, _ hint: String = "", mayHaveArrived: Bool = false) -> SinkFailure {
            SinkFailure(
                kind, operation: operation, place: server, cause: words, hint: hint, mayHaveArrived: mayHaveArrived)
        }
        switch code {
        case 498: return failure(.misconfigured, "the token is not valid, or no more: make a new one")
        case 499: return failure(.misconfigured, "it wants a token: set token_file")
        case 401, 403: return failure(.misconfigured, "may this token edit the layer?")
        case 404, 2001: return failure(.misconfigured, "the url must lead to a layer: …/FeatureServer/0")
        case 1020, 1021:
            return failure(.misconfigured, "the layer must have a GlobalID field with a unique index")
        case 400, 405:
            if says(["globalid"]) {
                return failure(
                    .misconfigured, "the layer must have a GlobalID field with a unique index, and allow editing")
            }
            if says(["token"]) { return failure(.misconfigured, "look at token_file") }
            if code == 405 || says(["invalid url", "not supported"]) {
                return failure(.misconfigured, "the url must lead to a layer that may be edited: …/FeatureServer/0")
            }
            return failure(.refused)
        case 413: return failure(.tooLarge)
        case 429, 500...599: return failure(.unavailable, mayHaveArrived: [500, 502, 504].contains(code))
        default: return failure(.unavailable, mayHaveArrived: true)
        }
    }
}
