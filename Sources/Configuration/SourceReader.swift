import Telemetry

/// Reads `[[source]]`: which topics to take, and how.
struct SourceReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue

    func read(_ tables: [TableReader]) -> [Source] {
        var sources: [Source] = []
        for table in tables {
            var table = table
            guard let source = read(&table) else { continue }
            if sources.contains(where: { $0.name == source.name }) {
                complaints.error(table.place, "there is a source \"\(source.name)\" already; give this one a `name`")
            }
            for earlier in sources where earlier.topic.overlaps(source.topic) {
                complaints.warn(
                    table.place,
                    "topic \"\(source.topic.text)\" overlaps \"\(earlier.topic.text)\", which comes first and takes what both match"
                )
            }
            sources.append(source)
        }
        return sources
    }

    /// - Returns: nil when there is no usable topic; what else is wrong with the table is said all the same.
    private func read(_ table: inout TableReader) -> Source? {
        let topic = readTopic(&table)
        let formats = PayloadFormat.allCases.map(\.rawValue)
        let format = table.choice("format", among: formats).flatMap(PayloadFormat.init)
        // A stand-in, so that the other keys are read.
        var source = Source(topic: topic ?? TopicTemplate("{device}/{quantity}")!, format: format ?? .json)
        if let name = table.string("name") { source.name = name }
        source.intervalMilliseconds = table.duration("interval", in: 100...31_557_600_000)
        readQuantityMap("values", of: &table) { quantity, text, place in
            if let path = readPath(text, place: place) {
                source.values.append(NamedPath(quantity: quantity, path: path))
            }
        }
        readQuantityMap("units", of: &table) { quantity, text, place in
            if let known = catalogue[quantity], UnitConversion.from(text, to: known) == nil {
                complaints.error(place, "unit \"\(text)\" is not known for \(quantity), which is kept in \(known.unit)")
            }
            source.units[quantity] = text
        }
        source.missing = table.numbers("missing") ?? []
        readFormatKeys(&table, into: &source)
        table.finish()
        return topic == nil ? nil : source
    }

    private func readTopic(_ table: inout TableReader) -> TopicTemplate? {
        guard let text = table.string("topic") else {
            if !table.has("topic") { complaints.error(table.place, "a [[source]] needs a `topic`") }
            return nil
        }
        let place = table.node("topic")?.place ?? table.place
        for problem in TopicTemplate.problems(in: text) {
            let isPlaceholder = problem.level.contains("{") || problem.level.contains("}")
            let isKnown = TopicTemplate.placeholders.contains(problem.level)
            complaints.error(
                place, problem.message,
                suggestion: isPlaceholder && !isKnown
                    ? Spelling.nearest(to: problem.level, among: TopicTemplate.placeholders) : nil)
        }
        return TopicTemplate(text)
    }

    // MARK: - What only some formats know

    private func readFormatKeys(_ table: inout TableReader, into source: inout Source) {
        let keys = FormatKeys(source.format)
        for key in FormatKeys.all where !keys.known.contains(key) && table.has(key) {
            guard let node = table.node(key) else { continue }
            complaints.error(node.place, "`\(key)` means nothing for format \"\(source.format.rawValue)\"")
        }
        func path(_ key: String) -> JSONPath? {
            guard keys.known.contains(key), let text = table.string(key), let node = table.node(key) else { return nil }
            return readPath(text, place: node.place)
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
        if keys.needsDevice, !table.has("device"), !givesDevice {
            let path = keys.known.contains("device") ? ", or give its place in `device`" : ""
            complaints.error(table.place, "nothing names the device: put {device} into `topic`\(path)")
        }
        guard keys.needsQuantity else { return }
        // What is wrong with a table of `values` is said already.
        let listsValues =
            if case .table(let fields)? = table.value("values") { !fields.isEmpty } else { table.has("values") }
        guard !listsValues || table.has("value"), !table.has("quantity"), !source.topic.givesQuantity else { return }
        complaints.error(
            table.place,
            keys.known.contains("quantity")
                ? "nothing names the quantity: put {quantity} into `topic`, give its path in `quantity`, or list `values`"
                : "nothing names the quantity: put {quantity} into `topic`")
    }

    // MARK: - Values

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

    private func readPath(_ text: String, place: Place) -> JSONPath? {
        let path = JSONPath(text)
        if path == nil { complaints.error(place, "\"\(text)\" is not a path such as a.b, a[0].b or a.\"PM2.5\"") }
        return path
    }
}
