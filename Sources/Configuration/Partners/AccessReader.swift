import Telemetry

/// Reads the keys of a `[[partner]]` that say as whom its server is spoken to. Secrets stay where they are.
struct AccessReader {
    let complaints: Complaints
    let folder: BaseFolder?
    let kind: Configuration.SinkKind
    let address: Configuration.PartnerAddress

    func read(_ table: inout TableReader, into access: inout Configuration.PartnerAccess) {
        readTLS(&table, into: &access)
        if kind != .postgreSQL { access.username = table.string("username") }
        access.password = readSecret("password", of: &table)
        if kind == .arcGIS { readTokenURL(&table, into: &access) }
        if kind != .mqtt, kind != .postgreSQL, kind != .kafka {
            access.token = readSecret("token", of: &table)
            if kind != .arcGIS,
                let scheme = table.choice(
                    "token_scheme", among: ["bearer", "token"], otherNames: ["influxdb": "token", "jwt": "bearer"])
            {
                access.tokenScheme = scheme == "token" ? "Token" : "Bearer"
            } else if kind == .lineProtocol, address.url.contains("/api/v2/write") {
                access.tokenScheme = "Token"
            }
        }
        let hasUser = access.username != nil || kind == .postgreSQL
        if access.password != nil, !hasUser {
            complaints.error(place(of: "password", in: table), "a password goes with a `username`, which is not given")
        }
        if access.token != nil, access.username != nil {
            complaints.error(
                place(of: "token", in: table),
                "a `username` and a token are two ways to say who one is; give one of them")
        }
        let isSecret = access.token != nil || access.password != nil
        if isSecret, !address.usesTLS, !address.isLoopback, !address.url.isEmpty {
            complaints.error(
                place(of: access.token != nil ? "token" : "password", in: table),
                "a secret would go over an unencrypted connection: give an encrypted `url`")
        }
    }

    private func readTokenURL(_ table: inout TableReader, into access: inout Configuration.PartnerAccess) {
        guard let url = table.string("token_url") else {
            if access.username != nil, !table.has("token_url") {
                complaints.error(
                    table.place(of: "username"),
                    "a `username` goes with a `token_url`, where it is given for a token: \"https://www.arcgis.com/sharing/rest/oauth2/token\", or one that ends in /generateToken"
                )
            }
            return
        }
        guard let parts = PartnerURL(url), parts.scheme == "https" || parts.hosts.allSatisfy(PartnerURL.isLoopback),
            !parts.hasUser
        else {
            complaints.error(
                table.place(of: "token_url"),
                "`token_url` is \"\(PartnerURL.shown(url).plain)\"; it must look like https://www.arcgis.com/sharing/rest/oauth2/token"
            )
            return
        }
        access.tokenURL = url
    }

    private func place(of secret: String, in table: TableReader) -> Place {
        table.place(of: table.has("\(secret)_file") ? "\(secret)_file" : "\(secret)_credential")
    }

    private func readSecret(_ name: String, of table: inout TableReader) -> Configuration.SecretPlace? {
        if let node = table.node(name) {
            complaints.error(
                node.place, "a secret does not belong here: write it to a file, and give that as `\(name)_file`")
        }
        let path = table.string("\(name)_file")
        let credential = table.string("\(name)_credential")
        if path != nil, credential != nil {
            complaints.error(
                table.place(of: "\(name)_credential"),
                "the secret comes from `\(name)_file` already; give one of the two")
        }
        if let path {
            let absolute = folder?.absolute(path) ?? path
            complaints.places.note(absolute, as: "\(name)_file", at: table.place(of: "\(name)_file"))
            return .file(absolute)
        }
        guard let credential else { return nil }
        // Source: systemd.exec(5), LoadCredential=: a name that is a file's.
        if credential.contains("/") || credential.hasPrefix(".") {
            complaints.error(
                table.place(of: "\(name)_credential"),
                "`\(name)_credential` is \"\(credential.plain)\"; it is a credential's name, not a path; a path goes into `\(name)_file`"
            )
            return nil
        }
        return .credential(credential)
    }

    private func readTLS(_ table: inout TableReader, into access: inout Configuration.PartnerAccess) {
        func file(_ key: String) -> String? {
            guard let path = table.string(key) else { return nil }
            let absolute = folder?.absolute(path) ?? path
            complaints.places.note(absolute, as: key, at: table.place(of: key))
            if !address.usesTLS, !address.url.isEmpty {
                complaints.error(table.place(of: key), "`\(key)` goes with an encrypted `url`")
            }
            return absolute
        }
        access.caFile = file("ca_file")
        access.certificateFile = file("certificate_file")
        access.keyFile = file("key_file")
        if table.has("certificate_file") != table.has("key_file") {
            let (given, other) =
                table.has("key_file") ? ("key_file", "certificate_file") : ("certificate_file", "key_file")
            complaints.error(table.place(of: given), "`\(given)` goes together with `\(other)`, which is not given")
        }
    }
}
