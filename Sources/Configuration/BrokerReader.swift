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
            complaints.error(
                table.place(of: "status_topic"),
                "`status_topic` is \"\(broker.statusTopic.plain)\"; what is published to has no + or #, as in \"poort/\(gateway)/status\""
            )
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
        let place = table.place(of: "url")
        guard let address = BrokerAddress(url) else {
            // Somebody's password stands before the @.
            let hasCredentials = url.contains("@")
            let hint = hasCredentials ? "; credentials go into username and password_file" : ""
            complaints.error(
                place,
                "`url` is \"\(hasCredentials ? "…" : url.plain)\"; it must look like mqtt://127.0.0.1:1883 or mqtts://host:8883\(hint)",
                suggestion: hasCredentials ? nil : BrokerAddress.respelled(url))
            return
        }
        broker.host = address.host
        broker.port = address.port
        broker.usesTLS = address.usesTLS
        if !address.usesTLS, address.port == 8883 {
            complaints.warn(
                place, "8883 is the port for TLS, which goes with mqtts://; mqtt:// is for 1883 and not encrypted",
                suggestion: BrokerAddress.respelled(url))
        } else if !address.usesTLS, !address.isLoopback {
            complaints.warn(place, "the connection to \(address.host) is not encrypted; mqtts:// is")
        }
    }

    private func readCredentials(_ table: inout TableReader, into broker: inout Configuration.BrokerSection) {
        broker.username = table.string("username")
        if let file = readPath("password_file", of: &table) {
            broker.passwordFile = file
            complaints.places[.passwordFile] = table.place(of: "password_file")
        }
        if let name = table.string("password_credential") {
            complaints.places[.passwordCredential] = table.place(of: "password_credential")
            // Source: systemd.exec(5), LoadCredential=: a name that is a file's.
            if name.contains("/") || name.hasPrefix(".") {
                complaints.error(
                    table.place(of: "password_credential"),
                    "`password_credential` is \"\(name.plain)\"; it is a credential's name, not a path; a path goes into password_file"
                )
            } else {
                broker.passwordCredential = name
            }
        }
        if let node = table.node("password") {
            complaints.error(
                node.place, "a password does not belong here: write it to a file, and give that as `password_file`")
        }
        let hasFile = table.has("password_file")
        if hasFile, table.has("password_credential") {
            complaints.error(
                table.place(of: "password_credential"),
                "the password comes from `password_file` already; give one of the two")
        }
        if !table.has("username"), hasFile || table.has("password_credential") {
            complaints.error(
                table.place(of: hasFile ? "password_file" : "password_credential"),
                "a password goes with a `username`, which is not given")
        }
    }

    private func readTLS(_ table: inout TableReader, into broker: inout Configuration.BrokerSection) {
        func file(_ key: String, _ placeKey: FilePlaces.Key) -> String? {
            guard let file = readPath(key, of: &table) else { return nil }
            let place = table.place(of: key)
            complaints.places[placeKey] = place
            if !broker.usesTLS { complaints.error(place, "`\(key)` goes with an mqtts:// url") }
            return file
        }
        broker.caFile = file("ca_file", .authorities)
        broker.certificateFile = file("certificate_file", .certificate)
        broker.keyFile = file("key_file", .privateKey)
        if table.has("certificate_file") != table.has("key_file") {
            let (given, other) =
                table.has("key_file") ? ("key_file", "certificate_file") : ("certificate_file", "key_file")
            complaints.error(table.place(of: given), "`\(given)` goes together with `\(other)`, which is not given")
        }
    }
}
