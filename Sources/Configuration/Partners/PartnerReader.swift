import Telemetry

/// Reads `[[partner]]`.
struct PartnerReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue
    let configuration: Configuration
    let folder: BaseFolder?

    func read(_ tables: [TableReader]) -> [Configuration.PartnerSection] {
        var places: [String: Place] = [:]
        var clients: [String: String] = [:]
        let broker = configuration.broker
        clients["\(broker.host):\(broker.port) \(broker.clientID)"] = "of [broker]"
        return tables.map { table in
            var table = table
            let partner = read(&table)
            if !partner.name.isEmpty {
                let place = table.place(of: "name")
                if let earlier = places[partner.name] {
                    complaints.error(
                        place, "`name` \"\(partner.name.plain)\" is that of the [[partner]] at \(earlier) already")
                }
                places[partner.name] = places[partner.name] ?? place
            }
            checkClient(of: partner, in: table, &clients)
            return partner
        }
    }

    /// Two clients of one name throw each other out, and the broker forgets what it has kept for them.
    private func checkClient(
        of partner: Configuration.PartnerSection, in table: TableReader, _ clients: inout [String: String]
    ) {
        guard partner.sink == .mqtt, let address = BrokerAddress(partner.address.url) else { return }
        let name = partner.details.clientID ?? "poort-\(configuration.gateway.name)-\(partner.name)"
        let key = "\(address.host):\(address.port) \(name)"
        if let other = clients[key] {
            complaints.error(
                table.place(of: "client_id"),
                "`client_id` \"\(name.plain)\" is that \(other) at the same broker; give it one of its own")
        }
        clients[key] = "of partner \(partner.name.plain)"
    }

    private func read(_ table: inout TableReader) -> Configuration.PartnerSection {
        var partner = Configuration.PartnerSection()
        readName(&table, into: &partner)
        let kinds = Configuration.SinkKind.allCases.map(\.rawValue)
        if !table.has("sink") {
            complaints.error(
                table.place,
                "a [[partner]] needs a `sink`: how it is spoken to, one of \(kinds.joined(separator: ", "))")
        }
        let kind = table.choice("sink", among: kinds, otherNames: PartnerReader.otherNames)
            .flatMap(Configuration.SinkKind.init)
        partner.contract = ContractReader(complaints: complaints, catalogue: catalogue, configuration: configuration)
            .read(&table)
        readPace(&table, into: &partner)
        if let kind {
            partner.sink = kind
            SinkReader(complaints: complaints, folder: folder, kind: kind).read(&table, into: &partner)
            table.finish()
        }
        return partner
    }

    private static let otherNames = [
        "influxdb": "line-protocol", "influx": "line-protocol", "victoriametrics": "line-protocol",
        "questdb": "line-protocol", "telegraf": "line-protocol", "http": "line-protocol", "frost": "sensorthings",
        "sensor-things": "sensorthings", "ogc": "sensorthings", "ngsi": "ngsi-ld", "fiware": "ngsi-ld",
        "orion": "ngsi-ld", "esri": "arcgis", "feature-service": "arcgis", "postgres": "postgresql",
        "timescaledb": "postgresql", "timescale": "postgresql", "mqtt5": "mqtt", "ndjson": "file", "csv": "file",
    ]

    private func readName(_ table: inout TableReader, into partner: inout Configuration.PartnerSection) {
        guard table.has("name") else {
            complaints.error(table.place, "a [[partner]] needs a `name`, as poort partners and the ledger show it")
            return
        }
        guard let name = table.string("name") else { return }
        // It becomes part of files and client ids.
        func isPart(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
        }
        if name.utf8.count > 64 || name.hasPrefix(".") || !name.allSatisfy(isPart) {
            let respelled = String(name.map { isPart($0) ? $0 : "-" })
            complaints.error(
                table.place(of: "name"),
                "`name` is \"\(name.plain)\"; letters, digits, . _ and - are a partner's name, 64 at most, and no . first",
                suggestion: name.utf8.count <= 64 && !name.hasPrefix(".") && respelled.contains(where: \.isLetter)
                    ? respelled : nil)
        }
        partner.name = name
    }

    private func readPace(_ table: inout TableReader, into partner: inout Configuration.PartnerSection) {
        if case .string("none")? = table.node("max_rate")?.value {
            partner.rowsPerSecond = nil
        } else if let rate = table.integer("max_rate", in: 1...1_000_000) {
            partner.rowsPerSecond = rate
        }
        guard let node = table.node("backlog") else { return }
        if case .string("forever") = node.value {
            partner.backlogMilliseconds = nil
        } else if let kept = table.duration("backlog", in: 60_000...3_155_760_000_000, or: "forever") {
            partner.backlogMilliseconds = kept
        }
        for tier in Set(partner.contract.rules.flatMap(\.tiers)).sorted() {
            guard let retained = configuration.storage.tierRetention[tier],
                retained < partner.backlogMilliseconds ?? .max
            else { continue }
            complaints.warn(
                node.place,
                "`backlog` is longer than `\(tier.name)` windows are kept ([storage] retention: \(Measure.text(milliseconds: retained))); what is older is gone before it could be sent"
            )
        }
    }
}
