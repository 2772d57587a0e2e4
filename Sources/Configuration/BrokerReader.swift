import Glibc
import Telemetry

extension ConfigurationReader {
    func readBroker(
        _ optional: inout TableReader?, gateway: String, into broker: inout Configuration.BrokerSection
    ) {
        broker.clientID = "poort-\(gateway)"
        broker.statusTopic = "poort/\(gateway)/status"
        guard var table = optional else { return }
        readAddress(&table, into: &broker)
        table.string("client_id", into: &broker.clientID)
        table.string("status_topic", into: &broker.statusTopic)
        if broker.statusTopic.contains(where: { "+#".contains($0) }) {
            complaints.error(table.node("status_topic")?.place ?? table.place, "`status_topic` must not hold + or #")
        }
        if let seconds = table.duration("keepalive", in: 5000...3_600_000) {
            broker.keepAliveSeconds = Int(seconds / 1000)
        }
        if let expiry = table.duration("session_expiry", in: 60_000...4_294_967_000_000) {
            broker.sessionExpirySeconds = expiry / 1000
        }
        if let window = table.integer("receive_maximum", in: 1...65_535) { broker.receiveMaximum = window }
        if let size = table.size("max_packet", in: 1024...256 << 20) { broker.maximumPacketBytes = size }
        readCredentials(&table, into: &broker)
        readTLS(&table, into: &broker)
        table.finish()
    }

    /// `mqtt://host[:port]` or `mqtts://host[:port]`.
    private func readAddress(_ table: inout TableReader, into broker: inout Configuration.BrokerSection) {
        guard let url = table.string("url") else { return }
        let place = table.node("url")?.place ?? table.place
        guard let address = BrokerAddress(url) else {
            let hint = url.contains("@") ? "; credentials go into username and password_file" : ""
            complaints.error(
                place,
                "`url` is \"\(url.contains("@") ? "…" : url)\"; it must look like mqtt://127.0.0.1:1883 or mqtts://host:8883\(hint)"
            )
            return
        }
        broker.host = address.host
        broker.port = address.port
        broker.usesTLS = address.usesTLS
        if !address.usesTLS, !address.isLoopback {
            complaints.warn(place, "the connection to \(address.host) is not encrypted; mqtts:// is")
        }
    }

    private func readCredentials(_ table: inout TableReader, into broker: inout Configuration.BrokerSection) {
        broker.username = table.string("username")
        broker.passwordFile = table.string("password_file")
        broker.passwordCredential = table.string("password_credential")
        if let node = table.node("password") {
            complaints.error(
                node.place, "a password does not belong here: write it to a file, and give that as `password_file`")
        }
        if broker.passwordFile != nil, broker.passwordCredential != nil {
            complaints.error(table.place, "give password_file or password_credential, not both")
        }
        if broker.username == nil, broker.passwordFile != nil || broker.passwordCredential != nil {
            complaints.error(table.place, "a password is given but no `username`")
        }
        if let file = broker.passwordFile, let node = table.node("password_file") {
            var information = stat()
            if stat(file, &information) == 0, information.st_mode & 0o004 != 0 {
                complaints.warn(node.place, "everybody on this box may read \(file): chmod 0640")
            }
        }
    }

    private func readTLS(_ table: inout TableReader, into broker: inout Configuration.BrokerSection) {
        broker.caFile = table.string("ca_file")
        broker.certificateFile = table.string("certificate_file")
        broker.keyFile = table.string("key_file")
        for key in ["ca_file", "certificate_file", "key_file"] where table.has(key) {
            guard let node = table.node(key), case .string(let file) = node.value else { continue }
            if !broker.usesTLS { complaints.error(node.place, "`\(key)` goes with an mqtts:// url") }
            if access(file, F_OK) != 0 { complaints.error(node.place, "there is no file \(file)") }
        }
        if (broker.certificateFile == nil) != (broker.keyFile == nil) {
            complaints.error(table.place, "certificate_file and key_file go together")
        }
    }
}

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

    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
