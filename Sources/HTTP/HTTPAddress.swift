/// Where a request goes: an absolute url, checked and taken apart. Source: RFC 9110, 4.2; RFC 3986, 3.
public struct HTTPAddress: Sendable, Hashable {
    public var isEncrypted: Bool
    /// A name or an address, IPv6 without brackets.
    public var host: String
    /// 1 to 65535; 80 or 443 where the url has none.
    public var port: Int
    /// Begins with a slash; as it was written.
    public var path: String
    /// Without the question mark, as it was written; nil where there is none.
    public var query: String?

    /// - Throws: ``HTTPError`` of kind `unusable`, which says what is wrong with it and shows no credential.
    public init(_ url: String) throws(HTTPError) {
        func complaint(_ cause: String, _ hint: String = "") -> HTTPError {
            HTTPError(.unusable, server: "the url", cause: cause, hint: hint)
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw complaint("the url holds a space, or what is not ASCII", "write it with %XX")
        }
        guard let separator = url.firstRange(of: "://") else {
            throw complaint("the url does not begin with http:// or https://")
        }
        switch url[..<separator.lowerBound].lowercased() {
        case "http": isEncrypted = false
        case "https": isEncrypted = true
        case let other: throw complaint("the url begins with \(other)://", "write http:// or https://")
        }
        let rest = url[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw complaint(
                "the url holds a user name or password",
                "take it out, and give it by username and password_file or token_file")
        }
        guard !rest.contains("#") else { throw complaint("the url holds a #", "write %23") }
        (host, port) = try HTTPAddress.split(authority, orElse: isEncrypted ? 443 : 80)
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = path.endIndex == target.endIndex ? nil : String(target[path.endIndex...].dropFirst())
    }

    private static func split(_ authority: Substring, orElse standard: Int) throws(HTTPError) -> (String, Int) {
        let isBracketed = authority.first == "["
        let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        var rest = authority[host.endIndex...]
        if isBracketed {
            guard rest.first == "]" else {
                throw HTTPError(.unusable, server: "the url", cause: "the url's [ has no ]")
            }
            rest = rest.dropFirst()
        }
        let isAllowed = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
            case UInt8(ascii: ":"): isBracketed
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"): !isBracketed
            default: false
            }
        }
        guard !host.isEmpty, isAllowed else {
            throw HTTPError(.unusable, server: "the url", cause: "the url has no host that can be one")
        }
        guard !rest.isEmpty else { return (String(host), standard) }
        guard rest.first == ":", rest.dropFirst().utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let port = Int(rest.dropFirst()), (1...65_535).contains(port)
        else {
            throw HTTPError(.unusable, server: String(host), cause: "the url's port is not within 1 to 65535")
        }
        return (String(host), port)
    }

    /// `host:port`, which may be shown.
    public var server: String { "\(bracketedHost):\(port)" }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    public var url: String { "\(isEncrypted ? "https" : "http")://\(server)\(target)" }

    /// Path and query, as they stand in the request's first line.
    public var target: String { query.map { "\(path)?\($0)" } ?? path }

    // MARK: - The query

    /// The items of the query as they were written, neither decoded nor checked.
    public var queryItems: [(name: Substring, value: Substring?)] {
        guard let query else { return [] }
        return query.split(separator: "&").map { item in
            let name = item.prefix { $0 != "=" }
            return (name, name.endIndex == item.endIndex ? nil : item[name.endIndex...].dropFirst())
        }
    }

    /// The first value of a name; empty where it has none, nil where the name is not there.
    public func queryValue(of name: String) -> String? {
        queryItems.first { $0.name == name }.map { String($0.value ?? "") }
    }

    /// Gives an item this value, in its place or at the end. Neither is encoded.
    public mutating func setQueryValue(of name: String, to value: String) {
        var isThere = false
        var items = queryItems.map { item -> String in
            guard item.name == name else { return item.value.map { "\(item.name)=\($0)" } ?? String(item.name) }
            isThere = true
            return "\(name)=\(value)"
        }
        if !isThere { items.append("\(name)=\(value)") }
        query = items.joined(separator: "&")
    }

    /// The target for people: dots in place of what a name in the query says is secret.
    public var shownTarget: String {
        guard query != nil else { return path }
        let items = queryItems.map { item in
            guard let value = item.value else { return String(item.name) }
            return "\(item.name)=\(HTTPAddress.isSecret(item.name) ? "•••" : value)"
        }
        return "\(path)?\(items.joined(separator: "&"))"
    }

    /// Whether a query's item of this name holds a credential. `p` is InfluxDB's password.
    public static func isSecret(_ name: some StringProtocol) -> Bool {
        let name = name.lowercased()
        return name == "p" || name == "code" || name == "sig"
            || ["password", "passwd", "token", "secret", "key"].contains { name.hasSuffix($0) }
    }
}
