public import Secrets

/// How a client says who it is.
public enum HTTPAuthorization: Sendable, Hashable {
    case none
    /// Source: RFC 6750, 2.1.
    case bearer(Secret)
    /// InfluxDB 2: `Authorization: Token …`.
    case token(Secret)
    /// Source: RFC 7617.
    case basic(username: String, password: Secret)

    /// Nil where there is nothing to say.
    public var header: HTTPRequest.Header? {
        switch self {
        case .none: nil
        case .bearer(let secret): HTTPRequest.Header("Authorization", scheme: "Bearer", secret)
        case .token(let secret): HTTPRequest.Header("Authorization", scheme: "Token", secret)
        case .basic(let username, let password):
            HTTPRequest.Header(
                "Authorization", scheme: "Basic",
                Secret(HTTPAuthorization.base64(Array("\(username):\(password.text)".utf8))))
        }
    }

    /// The keys of the configuration that say it, for hints.
    public var keys: String {
        switch self {
        case .none, .bearer, .token: "token_file"
        case .basic: "username and password_file"
        }
    }

    /// Source: RFC 4648, 4.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
