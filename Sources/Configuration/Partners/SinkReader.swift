import Telemetry

/// Reads the keys of a `[[partner]]` that say where its server is, as whom it is spoken to, and what its `sink` has besides.
struct SinkReader {
    let complaints: Complaints
    let folder: BaseFolder?
    let kind: Configuration.SinkKind

    func read(_ table: inout TableReader, into partner: inout Configuration.PartnerSection) {
        if kind == .file {
            readFile(&table, into: &partner.details)
            return
        }
        readAddress(&table, into: &partner.address)
        AccessReader(complaints: complaints, folder: folder, kind: kind, address: partner.address)
            .read(&table, into: &partner.access)
        if let limit = table.duration("timeout", in: 1000...600_000) { partner.address.timeoutMilliseconds = limit }
        switch kind {
        case .mqtt:
            partner.details.topic = readTopic(&table)
            partner.details.clientID = table.string("client_id")
        case .kafka: partner.details.topic = readKafkaTopic(&table)
        case .lineProtocol:
            partner.details.isCompressed = table.boolean("gzip") ?? true
            partner.details.correctionsFollow = table.choice("corrections", among: ["replace", "follow"]) == "follow"
        case .sensorThings: partner.details.hasClientIDs = table.choice("ids", among: ["server", "client"]) == "client"
        case .ngsiLD:
            partner.details.tenant = table.string("tenant")
            partner.details.context = table.strings("context").map(\.text)
        case .postgreSQL: partner.details.table = readTable(&table)
        case .arcGIS, .file: break
        }
    }

    // MARK: - Address

    /// The schemes of each sink, the encrypted one last, and an example.
    private var schemes: (names: [String], example: String) {
        switch kind {
        case .mqtt: (["mqtt", "mqtts"], "mqtts://broker.example.org:8883")
        case .lineProtocol: (["http", "https"], "https://metrics.example.org/api/v2/write?org=city&bucket=bins")
        case .sensorThings: (["http", "https"], "https://sta.example.org/FROST-Server/v1.1")
        case .ngsiLD: (["http", "https"], "https://context.example.org")
        case .arcGIS:
            (["http", "https"], "https://services.example.org/arcgis/rest/services/Air/FeatureServer/0")
        case .postgreSQL: (["postgresql"], "postgresql://poort@db.example.org:5432/city")
        case .kafka: (["kafka", "kafkas"], "kafkas://kafka-1.example.org:9093,kafka-2.example.org:9093")
        case .file: ([], "")
        }
    }

    private func readAddress(_ table: inout TableReader, into address: inout Configuration.PartnerAddress) {
        guard let url = table.string("url") else {
            if !table.has("url") {
                complaints.error(table.place, "a [[partner]] with this `sink` needs a `url`: \"\(schemes.example)\"")
            }
            return
        }
        let place = table.place(of: "url")
        guard let parts = PartnerURL(url), schemes.names.contains(parts.scheme) else {
            complaints.error(
                place, "`url` is \"\(PartnerURL.shown(url).plain)\"; it must look like \(schemes.example)")
            return
        }
        let mayHaveUser = kind == .postgreSQL && !parts.hasPassword
        if parts.hasUser, !mayHaveUser {
            complaints.error(
                place,
                "`url` has a name or a password before the @; a name goes into `username`, a password into a file that `password_file` names"
            )
            return
        }
        if let item = parts.secretItem {
            complaints.error(
                place,
                "`url` has a credential in it, \(item.plain); it goes into a file that `token_file` or `password_file` names"
            )
            return
        }
        if kind == .postgreSQL, parts.hasQuery {
            complaints.error(
                place,
                "`url` has a ? in it; of PostgreSQL's it has host, port, user and database alone: \(schemes.example)")
            return
        }
        address.url = url
        address.isLoopback = parts.hosts.allSatisfy(PartnerURL.isLoopback)
        address.usesTLS = ["https", "mqtts", "kafkas"].contains(parts.scheme) || kind == .postgreSQL
        if !address.usesTLS, !address.isLoopback {
            complaints.warn(
                place,
                "what goes to \(parts.hosts.joined(separator: ", ").plain) is not encrypted; \(schemes.names.last ?? "")://… is"
            )
        }
        guard ["http", "https"].contains(parts.scheme) else { return }
        if let proxy = table.string("proxy") {
            if let parts = PartnerURL(proxy), ["http", "https"].contains(parts.scheme), !parts.hasUser {
                address.proxy = proxy
            } else {
                complaints.error(
                    table.place(of: "proxy"),
                    "`proxy` is \"\(PartnerURL.shown(proxy).plain)\"; it must look like http://proxy.example.org:3128")
            }
        }
    }

    // MARK: - What single sinks have

    private static let levels: Set = ["gateway", "type", "device", "quantity", "tier", "neighbourhood", "site"]

    private func readTopic(_ table: inout TableReader) -> String? {
        guard let topic = table.string("topic") else { return nil }
        let place = table.place(of: "topic")
        var names: [Substring] = []
        var rest = topic[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names.append(rest[rest.index(after: open)..<close])
            rest = rest[rest.index(after: close)...]
        }
        if topic.contains(where: { "+#".contains($0) }) || topic.hasControlCharacters {
            complaints.error(place, "`topic` is \"\(topic.plain)\"; what is published to has no + or #")
        } else if let name = names.first(where: { !SinkReader.levels.contains(String($0)) }) {
            let known = SinkReader.levels.sorted()
            complaints.error(
                place,
                "`topic` has {\(String(name).plain)}; it may have \(known.map { "{\($0)}" }.joined(separator: ", "))",
                suggestion: Spelling.nearest(to: String(name), among: known).map { "{\($0)}" })
        }
        return topic
    }

    /// Source: Kafka, `Topic.java`: letters, digits, dots, underscores and hyphens, 249 at most.
    private func readKafkaTopic(_ table: inout TableReader) -> String? {
        guard let topic = table.string("topic") else { return nil }
        let isTopic = topic.utf8.count <= 249 && topic != "." && topic != ".." && topic.utf8.allSatisfy(isWord)
        if !isTopic {
            complaints.error(
                table.place(of: "topic"),
                "`topic` is \"\(topic.plain)\"; Kafka's topics have letters, digits, dots, _ and -, 249 at most")
        }
        return topic
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func readTable(_ table: inout TableReader) -> String? {
        guard let name = table.string("table") else { return nil }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            parts.count <= 2
            && parts.allSatisfy { part in
                (1...63).contains(part.utf8.count) && part.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
                    && part.utf8.allSatisfy { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") && isWord($0) }
            }
        if !isName {
            complaints.error(
                table.place(of: "table"),
                "`table` is \"\(name.plain)\"; it must be a name of letters, digits and _, or schema.name")
        }
        return name
    }

    private func readFile(_ table: inout TableReader, into details: inout Configuration.SinkDetails) {
        if let path = table.string("directory") {
            details.directory = folder?.absolute(path) ?? path
        } else if !table.has("directory") {
            complaints.error(
                table.place, "a [[partner]] with sink = \"file\" needs a `directory`, such as \"/mnt/usb\"")
        }
        details.isCSV = table.choice("format", among: ["ndjson", "csv"], otherNames: ["json": "ndjson"]) == "csv"
        if let size = table.size("rotate", in: 1 << 16...1 << 40) { details.rotateBytes = size }
        details.keptFiles = table.integer("keep", in: 1...100_000)
        details.mustBeMounted = table.boolean("mounted")
    }
}
