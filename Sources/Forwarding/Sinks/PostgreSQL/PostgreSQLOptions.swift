public import Secrets
public import Telemetry

/// How a PostgreSQL database is reached, and which table gets the rows.
public struct PostgreSQLOptions: Sendable, Hashable {
    /// A name, an address, or the directory of a unix socket, which begins with a slash.
    public var host: String
    /// 1 to 65 535.
    public var port = 5432
    public var database: String
    public var user: String
    public var password: Secret?
    /// How the server is told from another; ``PostgreSQLOptions/standardEncryption`` when nil.
    public var encryption: Encryption?
    /// PEM; the system's authorities when nil.
    public var caFile: String?
    /// The client's own, with its key.
    public var certificateFile: String?
    public var keyFile: String?
    /// `table` or `schema.table`.
    public var table = "aggregates"
    /// Whether the table is made where it is absent.
    public var createsTable = true
    /// Whether a table that is made becomes a hypertable where the database has TimescaleDB.
    public var makesHypertable = false
    /// The figures that have a column.
    public var fields = SharedFields.all
    public var connectMilliseconds = 10_000
    /// For one delivery, the connection aside.
    public var deliveryMilliseconds = 30_000
    /// 1 to 10 000.
    public var mostRows = 1000

    /// Source: PostgreSQL documentation, 34.19 "SSL Support".
    public enum Encryption: String, Sendable, Hashable, CaseIterable {
        case disable
        case prefer
        case require
        case verifyAuthority = "verify-ca"
        case verifyFull = "verify-full"

        var isVerified: Bool { self == .verifyAuthority || self == .verifyFull }
    }

    public init(host: String, database: String, user: String) {
        self.host = host
        self.database = database
        self.user = user
    }

    /// From `postgresql://user@host:port/database`; the port may be absent, and parts may be percent-encoded.
    /// - Returns: nil for anything else, and where there is a password in it: it belongs into a file.
    public init?(url: String) {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { url.hasPrefix($0) }) else { return nil }
        let rest = url.dropFirst(scheme.count)
        guard let slash = rest.firstIndex(of: "/"), let at = rest[..<slash].lastIndex(of: "@") else { return nil }
        var host = rest[rest.index(after: at)..<slash]
        var port = 5432
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let user = PostgreSQLOptions.decoded(rest[..<at]), let name = PostgreSQLOptions.decoded(host),
            let database = PostgreSQLOptions.decoded(rest[rest.index(after: slash)...]),
            !rest[..<at].contains(":"), !user.isEmpty, !name.isEmpty, !database.isEmpty, !database.contains("?")
        else { return nil }
        self.init(host: name, database: database, user: user)
        self.port = port
    }

    /// Percent-decoding. Source: RFC 3986, 2.1.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Everything is verified, except on this machine.
    public var standardEncryption: Encryption { isLocal ? .prefer : .verifyFull }

    /// `host:port`, for people.
    public var address: String {
        isSocket ? "\(host)/.s.PGSQL.\(port)" : host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    var isSocket: Bool { host.hasPrefix("/") }
    var isLocal: Bool { isSocket || HostAddress.isLoopback(host) }
}
