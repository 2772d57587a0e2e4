import Telemetry

/// Reads `[[source]]`: which topics to take, and how.
struct SourceReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue
    /// Of [processing], for which every window waits.
    var usualLatenessMilliseconds: Int64 = 0

    func read(_ tables: [TableReader]) -> [Source] {
        var sources: [(source: Source, place: Place)] = []
        for table in tables {
            var table = table
            guard let source = read(&table) else { continue }
            let place = table.place(of: table.has("name") ? "name" : "topic")
            if let earlier = sources.first(where: { $0.source.name == source.name }) {
                complaints.error(
                    place,
                    "there is a source \"\(source.name.plain)\" already (\(earlier.place)); give this one a `name` of its own, by which poort ledger counts"
                )
            } else {
                warnOfOverlap(source, with: sources.map(\.source), place: table.place(of: "topic"))
            }
            sources.append((source, place))
        }
        return sources.map(\.source)
    }

    /// A narrow topic before a wide one is how exceptions are written; the other way round nobody means it.
    private func warnOfOverlap(_ source: Source, with earlier: [Source], place: Place) {
        for other in earlier where other.topic.overlaps(source.topic) {
            let isCovered = other.topic.covers(source.topic)
            if !isCovered, source.topic.covers(other.topic) { continue }
            complaints.warn(
                place,
                "topic \"\(source.topic.text.plain)\" overlaps \"\(other.topic.text.plain)\" of source \"\(other.name.plain)\", which comes first and takes \(isCovered ? "everything: this source gets nothing" : "what both match")"
            )
        }
    }

    /// - Returns: nil when there is no usable topic; what else is wrong with the table is said all the same.
    private func read(_ table: inout TableReader) -> Source? {
        let topic = readTopic(&table)
        let formats = PayloadFormat.allCases.map(\.rawValue)
        let format = table.choice("format", among: formats, otherNames: FormatNames.others)
            .flatMap(PayloadFormat.init)
        // Stand-ins, so that the other keys are read.
        var source = Source(topic: topic ?? TopicTemplate("{device}/{quantity}")!, format: format ?? .json)
        if let name = table.string("name") {
            if name.hasControlCharacters || name.utf8.count > 128 {
                complaints.error(
                    table.place(of: "name"),
                    "`name` is \"\(name.plain)\"; at most 128 bytes without control characters are a source's name")
            }
            source.name = name
        }
        source.intervalMilliseconds = table.duration("interval", in: 100...31_557_600_000)
        source.latenessMilliseconds = table.duration("lateness", in: 0...86_400_000)
        if let own = source.latenessMilliseconds, own < usualLatenessMilliseconds {
            complaints.warn(
                table.place(of: "lateness"),
                "`lateness` is shorter than that of [processing], \(Measure.text(milliseconds: usualLatenessMilliseconds)), for which every window waits; it changes nothing"
            )
        }
        readQuantityMap("values", of: &table) { quantity, text, place in
            if let path = readPath(text, place: place) {
                source.values.append(NamedPath(quantity: quantity, path: path))
            }
        }
        readQuantityMap("units", of: &table) { quantity, text, place in
            if let known = catalogue[quantity], UnitConversion.from(text, to: known) == nil {
                let help = UnitHelp(for: known, instead: text)
                complaints.error(
                    place,
                    "unit \"\(text.plain)\" is not known for \(quantity), which is kept in \(known.unit); \(help.words)",
                    suggestion: help.suggestion)
            }
            source.units[quantity] = text
        }
        source.missing = table.numbers("missing") ?? []
        let isFormatWrong = format == nil && table.has("format")
        if isFormatWrong {
            // Which keys go with it nobody knows.
            for key in FormatKeys.all { _ = table.node(key) }
        } else {
            readFormatKeys(&table, into: &source)
        }
        table.finish()
        return topic == nil ? nil : source
    }

    private func readTopic(_ table: inout TableReader) -> TopicTemplate? {
        guard let text = table.string("topic") else {
            if !table.has("topic") {
                complaints.error(
                    table.place, "a [[source]] needs a `topic`, such as \"sensors/{type}/{device}/{quantity}\"")
            }
            return nil
        }
        let place = table.place(of: "topic")
        guard !text.hasControlCharacters else {
            complaints.error(place, "`topic` is \"\(text.plain)\"; a topic has no control characters in it")
            return nil
        }
        for problem in TopicTemplate.problems(in: text) {
            let isPlaceholder = problem.level.contains("{") || problem.level.contains("}")
            let isKnown = TopicTemplate.placeholders.contains(problem.level)
            complaints.error(
                place, "`topic` is \"\(text.plain)\": \(problem.message)",
                suggestion: isPlaceholder && !isKnown
                    ? Spelling.nearest(to: problem.level, among: TopicTemplate.placeholders) : nil)
        }
        if text.split(separator: "/", omittingEmptySubsequences: false).contains("*") {
            complaints.warn(
                place, "`topic` is \"\(text.plain)\": * stands for itself; + is any level, # any rest",
                suggestion: text.split(separator: "/", omittingEmptySubsequences: false)
                    .map { $0 == "*" ? "+" : $0 }.joined(separator: "/"))
        }
        return TopicTemplate(text)
    }

    // MARK: - What only some formats know

    private func readFormatKeys(_ table: inout TableReader, into source: inout Source) {
        let keys = FormatKeys(source.format)
        for key in FormatKeys.all where !keys.known.contains(key) {
            guard let node = table.node(key) else { continue }
            let others = PayloadFormat.allCases.filter { FormatKeys($0).known.contains(key) }.map(\.rawValue)
            complaints.error(
                node.place,
                "`\(key)` is \(node.shown) and means nothing for format \"\(source.format.rawValue)\"; it goes with \(others.joined(separator: ", "))"
            )
        }
        func path(_ key: String) -> JSONPath? {
            guard keys.known.contains(key), let text = table.string(key) else { return nil }
            return readPath(text, place: table.place(of: key))
        }
        source.paths = PayloadPaths(
            value: path("value"), time: path("time"), unit: path("unit"), device: path("device"),
            quantity: path("quantity"))
        source.timeWithoutOffset = keys.timeWithoutOffset
        if keys.known.contains("time_without_offset"),
            let meaning = table.choice("time_without_offset", among: TimeWithoutOffset.allCases.map(\.rawValue))
        {
            source.timeWithoutOffset = TimeWithoutOffset(rawValue: meaning) ?? keys.timeWithoutOffset
        }
        if keys.known.contains("radio") { source.includesRadio = table.boolean("radio") ?? false }
        checkNames(table, source: source, keys: keys)
    }

    /// Complains where neither the topic nor the payload can say what a reading is of.
    private func checkNames(_ table: TableReader, source: Source, keys: FormatKeys) {
        let givesDevice = source.topic.givesDevice || keys.restNamesDevice && source.topic.endsInRest
        // What is wrong with the topic is said already, and what it would have given nobody knows.
        let topic = table.has("topic") ? "`topic` is \"\(source.topic.text.plain)\"" : ""
        if keys.needsDevice, !table.has("device"), !givesDevice {
            let path = keys.known.contains("device") ? ", or give its place in `device`" : ""
            complaints.error(
                table.place(of: "topic"), "nothing names the device: \(topic); put {device} into it\(path)")
        }
        guard keys.needsQuantity else { return }
        // What is wrong with a table of `values` is said already.
        let listsValues =
            if case .table(let fields)? = table.value("values") { !fields.isEmpty } else { table.has("values") }
        guard !listsValues || table.has("value"), !table.has("quantity"), !source.topic.givesQuantity else { return }
        let path = keys.known.contains("quantity") ? ", give its path in `quantity`, or list `values`" : ""
        complaints.error(
            table.place(of: "topic"), "nothing names the quantity: \(topic); put {quantity} into it\(path)")
    }

    // MARK: - Values

    private func readQuantityMap(
        _ key: String, of table: inout TableReader, take: (String, String, Place) -> Void
    ) {
        guard let node = table.node(key) else { return }
        guard case .table(let fields) = node.value else {
            complaints.error(
                node.place, "`\(key)` must be a table such as { pm2_5 = \"…\" }, not \(node.shown)")
            return
        }
        for field in fields {
            guard catalogue[field.key] != nil else {
                if let quantity = field.node.text, catalogue[quantity] != nil {
                    complaints.error(
                        field.keyPlace,
                        "unknown quantity `\(field.key.plain)` in `\(key)`, where the quantity comes first",
                        suggestion: "\(quantity) = \"\(field.key.plain)\"")
                } else {
                    complaints.unknownQuantity(field.key, in: "`\(key)`", at: field.keyPlace, of: catalogue)
                }
                continue
            }
            guard case .string(let text) = field.node.value, !text.isEmpty else {
                complaints.error(
                    field.node.place,
                    "`\(field.key)` in `\(key)` must be a string that is not empty, not \(field.node.shown)")
                continue
            }
            take(field.key, text, field.node.place)
        }
    }

    private func readPath(_ text: String, place: Place) -> JSONPath? {
        let path = JSONPath(text)
        if path == nil {
            complaints.error(place, "\"\(text.plain)\" is not a path such as a.b, a[0].b or a.\"PM2.5\"")
        }
        return path
    }
}
