import Telemetry

/// Reads what of a `[[partner]]` is its contract: `share`, `fields`, `delay`, `smallest_count`, `private_grid`.
struct ContractReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue
    let configuration: Configuration

    func read(_ table: inout TableReader) -> Contract {
        var contract = Contract(rules: readRules(&table))
        if let fields = readFields(&table) { contract.fields = fields }
        contract.delayMilliseconds = table.duration("delay", in: 0...31_557_600_000) ?? 0
        contract.smallestCount = table.integer("smallest_count", in: 1...1_000_000) ?? 1
        if let millimetres = table.length("private_grid", in: 100_000...100_000_000) {
            contract.privateGridMetres = millimetres / 1000
        }
        return contract
    }

    private func readRules(_ table: inout TableReader) -> [ShareRule] {
        guard let node = table.node("share") else {
            complaints.error(
                table.place,
                "a [[partner]] needs `share`, which says what it gets, such as share = [{ quantity = [\"fill_level\"], tier = [\"15m\", \"1h\"] }]"
            )
            return []
        }
        guard case .array(let items) = node.value, !items.isEmpty else {
            complaints.error(
                node.place,
                "`share` must be a list of tables, of which a window is shared that fits any: [{ quantity = [\"fill_level\"], tier = [\"1h\"] }]"
            )
            return []
        }
        return items.compactMap { item in
            guard var rule = TableReader(item, path: "partner.share", complaints: complaints) else { return nil }
            return readRule(&rule)
        }
    }

    private func readRule(_ table: inout TableReader) -> ShareRule {
        var rule = ShareRule(tiers: readTiers(&table))
        rule.quantities = readNames("quantity", of: &table) { name, place in
            if catalogue[name] == nil { complaints.unknownQuantity(name, in: "`share`", at: place, of: catalogue) }
        }
        rule.deviceTypes = readNames("type", of: &table) { name, place in
            // Types of other devices come with their topics.
            let types = Set(configuration.deviceList.map(\.type))
            let fromTopics = types.isEmpty || configuration.sources.contains { $0.topic.text.contains("{type}") }
            if !types.contains(name), !fromTopics { warnOfUnknown("type", name, types, at: place) }
        }
        rule.neighbourhoods = readNames("neighbourhood", of: &table) { name, place in
            let known = Set(configuration.deviceList.map(\.neighbourhood))
            if !known.isEmpty, !known.contains(name) { warnOfUnknown("neighbourhood", name, known, at: place) }
        }
        rule.devices = readNames("device", of: &table) { _, _ in }
        if let labels = table.table("labels") {
            for field in labels.fields {
                guard case .string(let text) = field.node.value else {
                    complaints.error(
                        field.node.place, "`\(field.key.plain)` in `labels` must be a string, not \(field.node.shown)")
                    continue
                }
                rule.labels[field.key] = text
                let known = Set(configuration.deviceList.compactMap { $0.labels[field.key] })
                if !configuration.deviceList.isEmpty, !known.contains(text) {
                    warnOfUnknown("label \(field.key.plain)", text, known, at: field.node.place)
                }
            }
        }
        table.finish()
        return rule
    }

    private func readTiers(_ table: inout TableReader) -> Set<Tier> {
        let names = Tier.allCases.map(\.name)
        guard table.has("tier") else {
            complaints.error(
                table.place, "a rule of `share` needs `tier`, a list of some of \(names.joined(separator: ", "))")
            return []
        }
        complainOfEmpty("tier", in: table)
        return table.strings("tier").reduce(into: []) { tiers, name in
            if let tier = Tier(name: name.text) {
                tiers.insert(tier)
            } else {
                complaints.error(
                    name.place, "`tier` has \"\(name.text.plain)\"; the tiers are \(names.joined(separator: ", "))",
                    suggestion: Spelling.nearest(to: name.text, among: names))
            }
        }
    }

    /// - Returns: nil where nothing is named, so that all are meant.
    private func readNames(
        _ key: String, of table: inout TableReader, check: (String, Place) -> Void
    ) -> Set<String>? {
        guard table.has(key) else { return nil }
        complainOfEmpty(key, in: table)
        let names = table.strings(key)
        for (name, place) in names { check(name, place) }
        return Set(names.map(\.text))
    }

    private func complainOfEmpty(_ key: String, in table: TableReader) {
        guard case .array(let items)? = table.value(key), items.isEmpty else { return }
        complaints.error(
            table.place(of: key),
            "`\(key)` is an empty list, so that nothing would be shared; \(key == "tier" ? "name some" : "leave it out where any will do")"
        )
    }

    private func warnOfUnknown(_ what: String, _ name: String, _ known: Set<String>, at place: Place) {
        complaints.warn(
            place, "no [[device]] has the \(what) \"\(name.plain)\", so that nothing is shared for it",
            suggestion: Spelling.nearest(to: name, among: known.filter { !$0.isEmpty }.sorted()).map { "\"\($0)\"" })
    }

    private func readFields(_ table: inout TableReader) -> SharedFields? {
        guard table.has("fields") else { return nil }
        complainOfEmpty("fields", in: table)
        let names = SharedField.allCases.map(\.name)
        return SharedFields(
            table.strings("fields").compactMap { name in
                if let field = SharedField(name: name.text) { return field }
                complaints.error(
                    name.place,
                    "`fields` has \"\(name.text.plain)\"; a window's figures are \(names.joined(separator: ", "))",
                    suggestion: Spelling.nearest(to: name.text, among: names))
                return nil
            })
    }
}
