import Telemetry

/// Reads `[[source]]`: which topics to take, and how.
struct SourceReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue

    func read(_ tables: [TableReader]) -> [Configuration.SourceSection] {
        var sources: [Configuration.SourceSection] = []
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
    private func read(_ table: inout TableReader) -> Configuration.SourceSection? {
        let topic = readTopic(&table)
        // A stand-in, so that the other keys are read.
        var source = Configuration.SourceSection(topic: topic ?? TopicTemplate("{device}/{quantity}")!)
        source.name = table.string("name") ?? source.topic.text
        let formats = Configuration.SourceSection.Format.allCases.map(\.rawValue)
        if let format = table.choice("format", among: formats).flatMap(Configuration.SourceSection.Format.init) {
            source.format = format
        }
        source.intervalMilliseconds = table.duration("interval", in: 100...31_557_600_000)
        readQuantityMap("values", of: &table) { quantity, text, place in
            if let path = readPath(text, place: place) { source.values.append(.init(quantity: quantity, path: path)) }
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

    private func readJSON(_ table: inout TableReader, into source: inout Configuration.SourceSection) {
        func path(_ key: String) -> JSONPath? {
            guard let text = table.string(key), let node = table.node(key) else { return nil }
            return readPath(text, place: node.place)
        }
        source.value = path("value")
        source.time = path("time")
        source.unit = path("unit")
        source.device = path("device")
        source.quantity = path("quantity")
        if !table.has("device"), !source.topic.givesDevice {
            complaints.error(
                table.place, "nothing names the device: put {device} into `topic`, or give its path in `device`")
        }
        // What is wrong with a table of `values` is said already.
        let listsValues =
            if case .table(let fields)? = table.node("values")?.value { !fields.isEmpty } else { table.has("values") }
        if !listsValues || table.has("value"), !table.has("quantity"), !source.topic.givesQuantity {
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

    private func readPath(_ text: String, place: Place) -> JSONPath? {
        let path = JSONPath(text)
        if path == nil { complaints.error(place, "\"\(text)\" is not a path such as a.b, a[0].b or a.\"PM2.5\"") }
        return path
    }
}
