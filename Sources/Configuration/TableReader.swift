import Telemetry

/// Reads the keys of one table, and complains about what is wrong, unknown or missing.
struct TableReader {
    /// As it stands between brackets: `storage.retention`; empty for the file as a whole.
    let path: String
    /// For people: `[broker]`, `[[source]]`.
    let name: String
    let place: Place
    let complaints: Complaints
    let fields: [TOMLNode.Field]
    private var known: Set<String> = []

    /// - Returns: nil, with a complaint, for what is no table.
    init?(_ node: TOMLNode, path: String, isListed: Bool = false, complaints: Complaints) {
        self.path = path
        name = path.isEmpty ? "the file" : isListed ? "[[\(path)]]" : "[\(path)]"
        self.complaints = complaints
        place = node.place
        guard case .table(let fields) = node.value else {
            complaints.error(node.place, "\(name) must be a table, not \(node.shown)")
            return nil
        }
        self.fields = fields
    }

    /// The value of a key, which is known from then on.
    mutating func node(_ key: String) -> TOMLNode? {
        known.insert(key)
        complaints.noteKnown(key, in: path, table: name)
        return fields.first { $0.key == key }?.node
    }

    func value(_ key: String) -> TOMLNode.Value? { fields.first { $0.key == key }?.node.value }

    func has(_ key: String) -> Bool { fields.contains { $0.key == key } }

    /// Where a value stands, or its table does.
    func place(of key: String) -> Place { fields.first { $0.key == key }?.node.place ?? place }

    /// Complains about every key that nobody asked for. Call last.
    /// - Parameter laterKeys: what the design knows and this version does not.
    func finish(laterKeys: Set<String> = []) {
        for field in fields where !known.contains(field.key) {
            if laterKeys.contains(field.key) {
                complaints.error(field.keyPlace, "`\(field.key)` in \(name) is not in this version of poort")
            } else {
                complaints.noteUnknown(field, in: path, table: name)
            }
        }
    }

    // MARK: - Tables

    mutating func table(_ key: String) -> TableReader? {
        node(key).flatMap { TableReader($0, path: path.isEmpty ? key : "\(path).\(key)", complaints: complaints) }
    }

    /// The tables of `[[key]]`.
    mutating func tables(_ key: String) -> [TableReader] {
        guard let node = node(key) else { return [] }
        guard case .array(let items) = node.value else {
            complaints.error(node.place, "there may be several of \(key), so each is written [[\(key)]]")
            return []
        }
        return items.compactMap { TableReader($0, path: key, isListed: true, complaints: complaints) }
    }

    // MARK: - Texts

    /// What a path may have. Source: limits.h, PATH_MAX.
    private static let longestText = 4096

    mutating func string(_ key: String, into target: inout String) {
        if let text = string(key) { target = text }
    }

    mutating func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value else {
            let quoted: String? = node.number == nil ? nil : "\"\(node.shown)\""
            complaints.error(node.place, "`\(key)` must be a string, not \(node.shown)", suggestion: quoted)
            return nil
        }
        if text.isEmpty {
            complaints.error(node.place, "`\(key)` is empty; leave it out where there is nothing to say")
            return nil
        }
        guard !text.utf8.contains(0), text.utf8.count <= TableReader.longestText else {
            complaints.error(
                node.place,
                "`\(key)` is \(node.shown), of \(text.utf8.count) bytes; \(TableReader.longestText) at most, none of them NUL, are right"
            )
            return nil
        }
        return text
    }

    /// - Parameter otherNames: what else people call the choices, in lower case.
    mutating func choice(
        _ key: String, among choices: [String], otherNames: [String: String] = [:]
    ) -> String? {
        guard let node = node(key) else { return nil }
        let listed = choices.joined(separator: ", ")
        guard case .string(let text) = node.value else {
            complaints.error(node.place, "`\(key)` must be one of \(listed), in a string, not \(node.shown)")
            return nil
        }
        if choices.contains(text) { return text }
        complaints.error(
            node.place, "`\(key)` is \(node.shown); it must be one of \(listed)",
            suggestion: otherNames[text.lowercased().replacing("_", with: "-")]
                ?? Spelling.nearest(to: text, among: choices))
        return nil
    }

    /// Texts, none of them empty, each with its place.
    mutating func strings(_ key: String) -> [(text: String, place: Place)] {
        guard let node = node(key) else { return [] }
        guard case .array(let items) = node.value else {
            var suggestion: String?
            if case .string = node.value { suggestion = "[\(node.shown)]" }
            complaints.error(
                node.place, "`\(key)` must be a list of strings, not \(node.shown)", suggestion: suggestion)
            return []
        }
        return items.compactMap { item in
            if case .string(let text) = item.value, !text.isEmpty { return (text, item.place) }
            complaints.error(item.place, "`\(key)` must hold strings that are not empty, not \(item.shown)")
            return nil
        }
    }

    mutating func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .boolean(let truth) = node.value else {
            var suggestion: String?
            if case .string(let text) = node.value {
                suggestion =
                    ["true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"][
                        text.lowercased()]
            }
            complaints.error(
                node.place, "`\(key)` must be true or false, not \(node.shown)", suggestion: suggestion)
            return nil
        }
        return truth
    }
}
