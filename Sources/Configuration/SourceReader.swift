import Telemetry

/// Reads `[[source]]`: which topics to take, and how.
struct SourceReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue

    func read(_ tables: [TableReader]) -> [Configuration.SourceSection] {
        var sources: [Configuration.SourceSection] = []
        for table in tables {
            var table = table
            let source = read(&table)
            if sources.contains(where: { $0.name == source.name }) {
                complaints.error(table.place, "there is a source \"\(source.name)\" already; give this one a `name`")
            }
            for earlier in sources where TopicPattern(earlier.topic).overlaps(TopicPattern(source.topic)) {
                complaints.warn(
                    table.place,
                    "topic \"\(source.topic)\" overlaps \"\(earlier.topic)\", which comes first and takes what both match"
                )
            }
            sources.append(source)
        }
        return sources
    }

    private func read(_ table: inout TableReader) -> Configuration.SourceSection {
        var source = Configuration.SourceSection()
        if let topic = table.string("topic") {
            source.topic = topic
            let place = table.node("topic")?.place ?? table.place
            for problem in TopicPattern(topic).problems {
                complaints.error(place, problem.message, suggestion: problem.suggestion)
            }
        } else if !table.has("topic") {
            complaints.error(table.place, "a [[source]] needs a `topic`")
        }
        source.name = table.string("name") ?? source.topic
        let formats = Configuration.SourceSection.Format.allCases.map(\.rawValue)
        if let format = table.choice("format", among: formats).flatMap(Configuration.SourceSection.Format.init) {
            source.format = format
        }
        source.intervalMilliseconds = table.duration("interval", in: 100...31_557_600_000)
        readQuantityMap("values", of: &table) { quantity, text, place in
            checkPath(text, place: place)
            source.values.append(.init(quantity: quantity, path: text))
        }
        readQuantityMap("units", of: &table) { quantity, text, place in
            if let known = catalogue[quantity], UnitConversion.from(text, to: known) == nil {
                complaints.error(place, "unit \"\(text)\" is not known for \(quantity), which is kept in \(known.unit)")
            }
            source.units[quantity] = text
        }
        switch source.format {
        case .json: readJSON(&table, into: &source)
        case .theThingsStack: source.includesRadio = table.boolean("radio") ?? false
        }
        table.finish()
        return source
    }

    private func readJSON(_ table: inout TableReader, into source: inout Configuration.SourceSection) {
        func path(_ key: String) -> String? {
            guard let text = table.string(key) else { return nil }
            if let node = table.node(key) { checkPath(text, place: node.place) }
            return text
        }
        source.value = path("value")
        source.time = path("time")
        source.unit = path("unit")
        source.device = path("device")
        source.quantity = path("quantity")
        let levels = source.topic.split(separator: "/")
        if source.device == nil, !levels.contains("{device}") {
            complaints.error(
                table.place, "nothing names the device: put {device} into `topic`, or give its path in `device`")
        }
        // What is wrong with a table of `values` is said already.
        let listsValues =
            if case .table(let fields)? = table.node("values")?.value { !fields.isEmpty } else { table.has("values") }
        if !listsValues || source.value != nil, source.quantity == nil, !levels.contains("{quantity}") {
            complaints.error(
                table.place,
                "nothing names the quantity: put {quantity} into `topic`, give its path in `quantity`, or list `values`"
            )
        }
    }

    private func readQuantityMap(
        _ key: String, of table: inout TableReader, take: (String, String, Place) -> Void
    ) {
        guard let node = table.node(key) else { return }
        guard case .table(let fields) = node.value else {
            complaints.error(node.place, "`\(key)` must be a table such as { pm2_5 = \"…\" }")
            return
        }
        for field in fields {
            guard case .string(let text) = field.node.value else {
                complaints.error(
                    field.node.place, "`\(field.key)` in `\(key)` must be a string, not \(field.node.shown)")
                continue
            }
            if catalogue[field.key] == nil {
                complaints.error(
                    field.keyPlace, "unknown quantity `\(field.key)` in `\(key)`",
                    suggestion: Spelling.nearest(to: field.key, among: catalogue.quantities.keys.sorted()))
                continue
            }
            take(field.key, text, field.node.place)
        }
    }

    private func checkPath(_ text: String, place: Place) {
        if !PathPattern.isPath(text) {
            complaints.error(place, "\"\(text)\" is not a path such as a.b, a[0].b or a.\"PM2.5\"")
        }
    }
}

/// A path into a payload, as far as the configuration must understand it: `a.b`, `a[0].b`, `a."PM2.5"`. What it lets
/// through, `JSONPath` in Ingest takes.
enum PathPattern {
    static func isPath(_ text: String) -> Bool {
        var rest = Substring(text)
        guard takeKey(from: &rest) else { return false }
        while let first = rest.popFirst() {
            switch first {
            case ".": guard takeKey(from: &rest) else { return false }
            case "[":
                guard let end = rest.firstIndex(of: "]"), let index = Int(rest[..<end]), index >= 0 else {
                    return false
                }
                rest = rest[rest.index(after: end)...]
            default: return false
            }
        }
        return true
    }

    private static func takeKey(from rest: inout Substring) -> Bool {
        if rest.first == "\"" {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "\"") else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
        guard end > rest.startIndex else { return false }
        rest = rest[end...]
        return true
    }
}

/// A topic template, as far as the configuration must understand it.
struct TopicPattern {
    private let levels: [Substring]

    init(_ text: String) {
        levels = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    private static let placeholders = ["{type}", "{device}", "{quantity}"]

    var problems: [(message: String, suggestion: String?)] {
        var found: [(String, String?)] = []
        for (index, level) in levels.enumerated() {
            if TopicPattern.placeholders.contains(String(level)) || level == "+" { continue }
            if level == "#" {
                if index < levels.count - 1 { found.append(("`#` in `topic` must be the last level", nil)) }
            } else if level.contains("{") || level.contains("}") {
                found.append(
                    (
                        "`\(level)` is not a level of a topic; {type}, {device} and {quantity} fill a whole level each",
                        Spelling.nearest(to: String(level), among: TopicPattern.placeholders)
                    ))
            } else if level.contains("+") || level.contains("#") {
                found.append(("`\(level)`: + and # fill a whole level", nil))
            }
        }
        for placeholder in TopicPattern.placeholders where levels.count(where: { $0 == placeholder }) > 1 {
            found.append(("\(placeholder) stands twice in `topic`", nil))
        }
        return found
    }

    /// Whether some topic matches both.
    func overlaps(_ other: TopicPattern) -> Bool {
        for index in 0..<max(levels.count, other.levels.count) {
            let ours = index < levels.count ? levels[index] : nil
            let theirs = index < other.levels.count ? other.levels[index] : nil
            if ours == "#" || theirs == "#" { return true }
            guard let ours, let theirs else { return false }
            if !isWild(ours), !isWild(theirs), ours != theirs { return false }
        }
        return true
    }

    private func isWild(_ level: Substring) -> Bool { level == "+" || level.hasPrefix("{") }
}
