/// The parts of a server's URL that are looked at before it is used. Source: RFC 3986.
struct PartnerURL {
    let scheme: String
    /// One but for Kafka; without ports and brackets.
    let hosts: [String]
    let hasUser: Bool
    let hasQuery: Bool
    /// The name of an item of the query that holds a credential.
    let secretItem: String?
    let hasPassword: Bool

    /// - Returns: nil for what is no URL of a server.
    init?(_ url: String) {
        guard let mark = url.firstRange(of: "://"), !url.hasControlCharacters, !url.contains(" ") else { return nil }
        scheme = url[..<mark.lowerBound].lowercased()
        let query = url.firstIndex(of: "?").map { url[url.index(after: $0)...] }
        hasQuery = query != nil
        secretItem = (query ?? "").split(separator: "&").map { String($0.prefix { $0 != "=" }) }
            .first(where: PartnerURL.isSecret)
        let authority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
        let at = authority.lastIndex(of: "@")
        let user = at.map { authority[..<$0] }
        hasUser = user != nil
        hasPassword = user?.contains(":") ?? false
        let servers = at.map { authority[authority.index(after: $0)...] } ?? authority
        var hosts: [String] = []
        for server in servers.split(separator: ",", omittingEmptySubsequences: false) {
            guard let host = PartnerURL.host(of: server) else { return nil }
            hosts.append(host)
        }
        guard !hosts.isEmpty, hosts.count == 1 || scheme.hasPrefix("kafka") else { return nil }
        self.hosts = hosts
    }

    private static func host(of server: Substring) -> String? {
        var port: Substring?
        let host: Substring
        if server.hasPrefix("[") {
            guard let end = server.firstIndex(of: "]") else { return nil }
            host = server[server.index(after: server.startIndex)..<end]
            let rest = server[server.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            let colon = server.firstIndex(of: ":")
            host = server[..<(colon ?? server.endIndex)]
            port = colon.map { server[server.index(after: $0)...] }
        }
        if let port {
            guard let number = Int(port), (1...65_535).contains(number) else { return nil }
        }
        return host.isEmpty ? nil : String(host)
    }

    /// `p` and `u` are InfluxDB's.
    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "p" || name == "u"
            || ["password", "passwd", "token", "secret", "key"].contains { name.hasSuffix($0) }
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// Without what stands before an @, which is somebody's.
    static func shown(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return url }
        let scheme = url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? ""
        return "\(scheme)…\(url[at...])"
    }
}
