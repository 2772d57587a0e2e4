public import Secrets

/// What is sent to a server.
public struct HTTPRequest: Sendable {
    public var method: Method
    /// `http://` or `https://`, without credentials.
    public var url: String
    public var headers: [Header]
    public var body: [UInt8]

    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public struct Header: Sendable {
        public var name: String
        public var value: Value

        public enum Value: Sendable {
            case text(String)
            /// Shown as dots: `Bearer •••`.
            case secret(scheme: String, Secret)
        }

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = .text(value)
        }

        public init(_ name: String, scheme: String, _ secret: Secret) {
            self.name = name
            value = .secret(scheme: scheme, secret)
        }
    }

    public init(_ method: Method, _ url: String, headers: [Header] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension HTTPRequest {
    /// First line and headers for people, secrets as dots.
    /// - Throws: ``HTTPError`` where the url is none.
    public func shown() throws(HTTPError) -> String {
        let address = try HTTPAddress(url)
        let lines = ["\(method.rawValue) \(address.shownTarget) HTTP/1.1", "Host: \(address.server)"]
        return (lines + headers.map(\.shown)).joined(separator: "\n") + "\n"
    }
}

extension HTTPRequest.Header {
    /// `Authorization: Bearer •••`.
    public var shown: String {
        switch value {
        case .text(let text): "\(name): \(text)"
        case .secret(let scheme, let secret): scheme.isEmpty ? "\(name): \(secret)" : "\(name): \(scheme) \(secret)"
        }
    }
}
