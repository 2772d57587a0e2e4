import Glibc
import Telemetry

/// Turns a parsed file into a checked configuration.
struct ConfigurationReader {
    let complaints: Complaints
    /// From which paths are counted; nil where they stay as they are.
    var folder: BaseFolder?

    func read(_ root: TOMLNode) -> Configuration {
        var configuration = Configuration()
        guard var table = TableReader(root, path: "", complaints: complaints) else { return configuration }
        configuration.gateway.name = hostName() ?? configuration.gateway.name
        if var section = table.table("gateway") { readGateway(&section, into: &configuration.gateway) }
        var broker = table.table("broker")
        readBroker(&broker, gateway: configuration.gateway.name, into: &configuration.broker)
        if var section = table.table("storage") {
            readStorage(&section, keepAliveSeconds: configuration.broker.keepAliveSeconds, into: &configuration.storage)
        }
        if var section = table.table("processing") { readProcessing(&section, into: &configuration.processing) }
        if var section = table.table("control") { readControl(&section, into: &configuration.control) }
        if var section = table.table("log") { readLog(&section, into: &configuration.log) }
        readDevices(&table, into: &configuration.devices)
        if var section = table.table("privacy") { readPrivacy(&section, into: &configuration.privacy) }
        var catalogue = QuantityCatalogue()
        var limits: [LimitsWithPlace] = []
        if let quantities = table.table("quantity") {
            let reader = QuantityReader(complaints: complaints)
            limits = reader.read(quantities, into: &catalogue)
            configuration.quantityTotals = reader.readTotals(quantities, of: catalogue)
        }
        configuration.quantities = catalogue.quantities.values.sorted { $0.name < $1.name }
        let sources = table.tables("source")
        configuration.sources = SourceReader(
            complaints: complaints, catalogue: catalogue,
            usualLatenessMilliseconds: configuration.processing.latenessMilliseconds
        ).read(sources)
        expectSource(in: table)
        let intervals = configuration.sources.map(\.intervalMilliseconds)
        if !intervals.contains(nil) { limits.forEach { $0.check(against: intervals.compactMap(\.self)) } }
        configuration.deviceList = DeviceReader(complaints: complaints, catalogue: catalogue)
            .read(table.tables("device"))
        configuration.partners = PartnerReader(
            complaints: complaints, catalogue: catalogue, configuration: configuration, folder: folder
        ).read(table.tables("partner"))
        table.finish()
        complaints.settleUnknownKeys()
        return configuration
    }

    private func expectSource(in table: TableReader) {
        let hasNone = if case .array(let items)? = table.value("source") { items.isEmpty } else { !table.has("source") }
        // What is written instead is said already, as an unknown key.
        let isMisspelt = table.fields.contains {
            $0.key != "source" && Spelling.nearest(to: $0.key, among: ["source"]) != nil
        }
        if hasNone, !isMisspelt {
            complaints.error(
                table.place,
                "there is no [[source]]: say which topics to take, such as \"sensors/{type}/{device}/{quantity}\"")
        }
    }

    private func readLog(_ table: inout TableReader, into log: inout Configuration.LogSection) {
        let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        if let level = table.choice("level", among: levels) { log.level = level }
        table.finish()
    }

    private func readDevices(_ table: inout TableReader, into devices: inout Configuration.DevicePolicySection) {
        if case .array? = table.value("devices"), let node = table.node("devices") {
            complaints.error(
                node.place,
                "[devices] says what becomes of devices that are not listed; each that is listed is a [[device]]",
                suggestion: "[[device]]")
        } else if var section = table.table("devices") {
            if let policy = section.choice("unknown", among: ["accept", "quarantine"]) {
                devices.acceptsUnknown = policy == "accept"
            }
            section.finish()
        }
    }

    private func hostName() -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, 255) == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? nil : name
    }

    private func readGateway(_ table: inout TableReader, into gateway: inout Configuration.GatewaySection) {
        if let name = table.string("name") {
            if name.contains(where: { "/+# ".contains($0) }) || name.hasControlCharacters {
                complaints.error(
                    table.place(of: "name"),
                    "`name` is \"\(name.plain)\"; it becomes part of a topic: no / + # or space",
                    suggestion: String(name.plain.map { "/+# ".contains($0) ? "-" : $0 }))
            }
            gateway.name = name
        }
        if let zone = table.string("timezone") {
            if !DayCalendar.isKnownTimeZone(zone) {
                complaints.error(
                    table.place(of: "timezone"),
                    "the system has no time zone \"\(zone.plain)\"; use a name such as Europe/Amsterdam (timedatectl list-timezones)",
                    suggestion: Spelling.nearest(
                        to: zone, among: ["Europe/Amsterdam", "Europe/Brussels", "Europe/Berlin", "UTC"]))
            }
            gateway.timezone = zone
        }
        table.finish()
    }

    /// Absolute, so that it means the same from wherever a command is given.
    func readPath(_ key: String, of table: inout TableReader) -> String? {
        guard let path = table.string(key) else { return nil }
        return folder?.absolute(path) ?? path
    }

    private func readPrivacy(_ table: inout TableReader, into privacy: inout Configuration.PrivacySection) {
        for (key, place) in table.strings("keys") {
            if key.utf8.count > 64 || !key.contains(where: { $0.isLetter || $0.isNumber }) {
                complaints.error(
                    place, "`keys` has \"\(key.plain)\"; the name of a key has a letter or digit and at most 64 bytes")
            } else {
                privacy.keys.append(key)
            }
        }
        table.finish()
    }

    private func readControl(_ table: inout TableReader, into control: inout Configuration.ControlSection) {
        if let path = readPath("socket", of: &table) {
            // Source: unix(7), sun_path.
            if path.utf8.count > 107 {
                complaints.error(
                    table.place(of: "socket"),
                    "`socket` is \"\(path.plain)\" and has \(path.utf8.count) bytes; the path of a socket has 107 at most"
                )
            }
            complaints.places[.socket] = table.place(of: "socket")
            control.socketPath = path
        }
        table.finish(laterKeys: ["http"])
    }

    private func readStorage(
        _ table: inout TableReader, keepAliveSeconds: Int, into storage: inout Configuration.StorageSection
    ) {
        if let path = readPath("path", of: &table) {
            storage.path = path
            complaints.places[.database] = table.place(of: "path")
        }
        if let interval = table.duration("commit_interval", in: 100...30_000) {
            storage.commitIntervalMilliseconds = interval
            let longest = Int64(keepAliveSeconds) * 500
            if interval > longest {
                complaints.error(
                    table.place(of: "commit_interval"),
                    "`commit_interval` is \(Measure.text(milliseconds: interval)), more than half of the broker's keepalive of \(keepAliveSeconds)s, whose pings wait for the commit; at most \(Measure.text(milliseconds: longest)) is right"
                )
            }
        }
        storage.flashBudgetBytesPerDay = table.bytesPerDay("flash_budget", in: 1 << 20...1 << 40)
        if let size = table.integer("page_size", in: 512...65_536) {
            if size & (size - 1) != 0 {
                let lower = 1 << (Int.bitWidth - 1 - size.leadingZeroBitCount)
                complaints.error(
                    table.place(of: "page_size"), "`page_size` is \(size); it must be a power of two",
                    suggestion: "\(size - lower < 2 * lower - size ? lower : 2 * lower)")
            }
            storage.pageSizeBytes = size
        }
        if let limit = table.size("quarantine_limit", in: 1 << 16...1 << 40) { storage.quarantineLimitBytes = limit }
        if case .string("none")? = table.node("quota")?.value {
            storage.quotaBytes = nil
        } else {
            storage.quotaBytes = table.size("quota", in: 16 << 20...1 << 40, or: "none")
        }
        if let quota = storage.quotaBytes, storage.quarantineLimitBytes > quota / 2 {
            complaints.warn(
                table.place(of: table.has("quarantine_limit") ? "quarantine_limit" : "quota"),
                "`quarantine_limit` is \(Measure.text(bytes: storage.quarantineLimitBytes)), more than half of the `quota` of \(Measure.text(bytes: quota)): nothing of the quarantine goes for the quota, so little may be left for readings"
            )
        }
        if var retention = table.table("retention") { readRetention(&retention, into: &storage) }
        table.finish()
    }

    private func readRetention(_ table: inout TableReader, into storage: inout Configuration.StorageSection) {
        func kept(_ key: String) -> Int64?? {
            guard let node = table.node(key) else { return nil }
            if case .string("forever") = node.value { return .some(nil) }
            return table.duration(key, in: 3_600_000...3_155_760_000_000, or: "forever").map { .some($0) }
        }
        if let raw = kept("raw") { storage.rawRetention = raw }
        for tier in Tier.allCases {
            if let duration = kept(tier.name) { storage.tierRetention[tier] = duration }
        }
        for tier in [Tier.minute, .quarter] {
            guard let kept = storage.tierRetention[tier], kept < storage.rawRetention ?? .max else { continue }
            let raw = storage.rawRetention.map { Measure.text(milliseconds: $0) } ?? "forever"
            complaints.error(
                table.place(of: table.has(tier.name) ? tier.name : "raw"),
                "`\(tier.name)` is kept for \(Measure.text(milliseconds: kept)), shorter than `raw` (\(raw)); late readings could not be aggregated any more"
            )
        }
        table.finish()
    }

    private func readProcessing(
        _ table: inout TableReader, into processing: inout Configuration.ProcessingSection
    ) {
        if let capacity = table.integer("ring_capacity", in: 256...1 << 20) { processing.ringCapacity = capacity }
        if let lateness = table.duration("lateness", in: 0...3_600_000) { processing.latenessMilliseconds = lateness }
        if let delay = table.duration("late_delay", in: 0...3_600_000) { processing.lateDelayMilliseconds = delay }
        if let ahead = table.duration("clock_ahead", in: 0...86_400_000) { processing.clockAheadMilliseconds = ahead }
        if let size = table.size("max_payload", in: 1024...1 << 24) { processing.maximumPayloadBytes = size }
        if let limit = table.integer("max_series", in: 1...1_000_000) { processing.seriesLimit = limit }
        let policies = Configuration.ClockPolicy.allCases.map(\.rawValue)
        if let name = table.choice("clock", among: policies, otherNames: ["synchronized": "synchronised"]),
            let policy = Configuration.ClockPolicy(rawValue: name)
        {
            processing.clock = policy
        }
        table.finish()
    }
}
