/// What a broker's URL says.
public struct BrokerAddress: Sendable, Hashable {
    public var host: String
    public var port: Int
    public var usesTLS: Bool

    public init?(_ url: String) {
        let rest: Substring
        if url.hasPrefix("mqtts://") {
            usesTLS = true
            rest = url.dropFirst(8)
        } else if url.hasPrefix("mqtt://") {
            usesTLS = false
            rest = url.dropFirst(7)
        } else {
            return nil
        }
        var authority = rest
        if authority.hasSuffix("/") { authority.removeLast() }
        guard !authority.isEmpty, !authority.contains(where: { "/@?# ".contains($0) }) else { return nil }
        port = usesTLS ? 8883 : 1883
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            authority = authority[authority.index(after: end)...]
        } else {
            let end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<end])
            authority = authority[end...]
        }
        guard !host.isEmpty else { return nil }
        if authority.isEmpty { return }
        guard authority.first == ":", let number = Int(authority.dropFirst()), (1...65_535).contains(number) else {
            return nil
        }
        port = number
    }

    /// The address that was probably meant, for `tcp://host`, `host:1883` and the like.
    static func respelled(_ url: String) -> String? {
        let scheme = url.firstRange(of: "://").map { url[..<$0.lowerBound].lowercased() } ?? "mqtt"
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let isSecure = ["mqtts", "ssl", "tls", "https", "wss"].contains(scheme) || rest.hasSuffix(":8883")
        let candidate = "\(isSecure ? "mqtts" : "mqtt")://\(rest.prefix { $0 != "/" })"
        return BrokerAddress(candidate) == nil ? nil : candidate
    }

    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
