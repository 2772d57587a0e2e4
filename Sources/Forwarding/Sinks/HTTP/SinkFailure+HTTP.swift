public import HTTP
public import Telemetry

/// What all sinks over HTTP make of what came back, or did not.
extension SinkFailure {
    /// No answer came.
    public init(_ error: HTTPError, operation: String) {
        let kind: Kind =
            switch error.kind {
            case .resolve, .connect, .timeout, .reset, .cancelled: .unavailable
            case .tls, .malformed, .unusable: .misconfigured
            }
        self.init(
            kind, operation: operation, place: error.server, cause: error.cause, hint: error.hint,
            mayHaveArrived: error.mayHaveArrived)
    }

    /// An answer came that does not say that all is well; nil where it does, with a status of 200 to 299 and no
    /// page for people.
    /// - Parameters:
    ///   - server: `host:port`.
    ///   - authorization: what the client said it is.
    ///   - now: what a date is counted from.
    public init?(
        _ response: HTTPResponse, operation: String, server: String, authorization: HTTPAuthorization, now: Timestamp
    ) {
        let status = response.status
        if (200...299).contains(status), !response.isPage { return nil }
        let words = "it answers \(status)" + response.words.map { ": \($0)" }.orEmpty
        func failure(_ kind: Kind, hint: String = "", mayHaveArrived: Bool = false) -> SinkFailure {
            SinkFailure(
                kind, operation: operation, place: server, cause: words, hint: hint, mayHaveArrived: mayHaveArrived)
        }
        switch status {
        case 200...299:
            // What people are to read, a login for instance, is no word of a server that takes data.
            self = failure(
                .misconfigured, hint: "a web page answers: is the url right, and is there a proxy in between?")
        case 300...399:
            self = failure(.misconfigured)
            let target = response.redirection
            cause = target.map { "it redirects to \($0)" } ?? words
            hint = target == nil ? "is the url right?" : "not followed: set url to it if that is right"
        case 400 where response.isPage, 422 where response.isPage:
            // A server's own refusal is no page for people: this is a proxy, or another server altogether.
            self = failure(.misconfigured, hint: "a web page answers: is the url right?")
        case 400, 422: self = failure(.refused, mayHaveArrived: true)
        case 401, 403: self = failure(.misconfigured, hint: SinkFailure.hint(for: authorization))
        case 404, 405: self = failure(.misconfigured, hint: "is the url right, its path and what it names?")
        case 413: self = failure(.tooLarge)
        case 408, 425, 429, 500...599:
            self = failure(.unavailable, mayHaveArrived: [500, 502, 504].contains(status))
            retryAfterMilliseconds = response.retryAfterMilliseconds(now: now.milliseconds)
        default: self = failure(.misconfigured, hint: "is the url right?")
        }
    }

    private static func hint(for authorization: HTTPAuthorization) -> String {
        switch authorization {
        case .none: "it wants to know who asks: set token_file, or username and password_file"
        case .bearer, .token: "look at token_file: is it the right token, and may it write there?"
        case .basic: "look at username and password_file, and at what that user may do"
        }
    }
}

extension HTTPResponse {
    /// The server's own, as far as they may be shown: the beginning, on one line. Nil where it says nothing.
    var words: String? {
        let said =
            header("X-Influxdb-Error") ?? String(decoding: body.prefix(4 * SinkFailure.longestCause), as: UTF8.self)
        let shown = said.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        let text = String(shown).split(separator: " ").joined(separator: " ").prefix(SinkFailure.longestCause)
        return text.isEmpty ? nil : String(text)
    }

    var isPage: Bool { header("Content-Type")?.lowercased().hasPrefix("text/html") == true }

    /// Where a redirect leads: the host, or the path on the same one, without what may be secret behind it.
    var redirection: String? {
        guard let location = header("Location") else { return nil }
        if let address = try? HTTPAddress(location) { return address.server }
        // What cannot be taken apart may hold anything.
        guard location.first == "/" else { return "somewhere else" }
        let path = location.prefix { $0 != "?" && $0 != "#" && $0 != "@" }
        return String(path.prefix(100))
    }
}

extension String? {
    fileprivate var orEmpty: String { self ?? "" }
}
