import Telemetry

/// Sparkplug B: births that define metrics, and data that may call them by their aliases. Source: Sparkplug 3.0.
///
/// A device is known as `group/node/device`, a node as `group/node`: no part alone need be unique. Where the source's
/// topic has `{device}`, that level is its name, as in `spBv1.0/+/+/+/{device}`. A metric is known by its name, or else
/// by what stands behind its last slash: `Air/PM2.5` is `PM2.5`.
///
/// What births say is the only memory of this format, and ends with the process: a metric called by an alias that no
/// birth has defined meanwhile is refused, and may be replayed behind the next birth. It outlives a reload, since nobody
/// is born anew for that, and a birth out of quarantine says nothing where a later one has been seen. `seq` is not
/// checked: a gap tells of a message that was lost before it reached the broker, and the gateway, which sends nothing,
/// could not ask for it. Nor do deaths end anything: that of an old session may come late, and who returns is born
/// anew.
final class SparkplugBDecoder: PayloadDecoder {
    private let vocabulary: SourceVocabulary
    private var births: SparkplugBirths
    /// `group/node/device` of the message at hand.
    private var path: [UInt8] = []

    init(_ setup: SourceSetup) {
        vocabulary = setup.vocabulary()
        // By name and by alias, and with room for metrics that are no series.
        births = SparkplugBirths(maximumCount: 4 * setup.limits.seriesCount)
    }

    func takeOver(from earlier: any PayloadDecoder) {
        guard let earlier = earlier as? SparkplugBDecoder else { return }
        earlier.births.maximumCount = births.maximumCount
        births = earlier.births
        births.redefine { name in name.withUnsafeBytes(meaning(of:)) }
    }

    func decode(_ bytes: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let topic = SparkplugTopic(context.topic) else {
            writer.reject(
                .undecodable,
                "\(context.topic.text.excerpt) is no topic of Sparkplug B, such as spBv1.0/group/DDATA/node/device")
            return
        }
        guard topic.type != .other else {
            writer.reject(.ignoredTopic, "neither a birth nor data: \(context.topic.text.excerpt)")
            return
        }
        do throws(SparkplugPayload.Malformed) {
            let payload = try SparkplugPayload(bytes)
            guard !payload.isCompressed else {
                writer.reject(.undecodable, "the payload is compressed; let the node send it as it is")
                return
            }
            withPath(of: topic) { path, publisher in
                let name = context.device.map { DeviceName($0.name, alternate: path) } ?? DeviceName(path)
                let isOutdated =
                    topic.type == .birth && context.isReplayed
                    && publisher?.isBorn(after: context.received) ?? false
                if topic.type == .birth, !isOutdated, let publisher {
                    births.begin(publisher, at: context.received)
                }
                var delivery = SparkplugDelivery(
                    device: name, isBirth: topic.type == .birth, payload: payload,
                    publisher: isOutdated ? nil : publisher, isOutdated: isOutdated, context: context)
                payload.forEachMetric { add($0, of: &delivery, into: writer) }
                delivery.close(writer)
            }
        } catch {
            writer.reject(.undecodable, "the payload is no protobuf message: it goes wrong at byte \(error.position)")
        }
    }

    /// - Parameter body: gets `group/node[/device]`, valid meanwhile, and who sends.
    private func withPath(
        of topic: SparkplugTopic,
        _ body: (UnsafeRawBufferPointer, SparkplugPublisher?) -> Void
    ) {
        path.removeAll(keepingCapacity: true)
        path.append(contentsOf: topic.group)
        path.append(UInt8(ascii: "/"))
        path.append(contentsOf: topic.node)
        let nodeCount = path.count
        if !topic.isOfNode {
            path.append(UInt8(ascii: "/"))
            path.append(contentsOf: topic.device)
        }
        path.withUnsafeBytes { path in
            let node = births.publisher(path.part(0..<nodeCount), of: nil)
            body(path, topic.isOfNode ? node : births.publisher(path, of: node))
        }
    }

    private func add(_ bytes: UnsafeRawBufferPointer, of delivery: inout SparkplugDelivery, into writer: ReadingWriter)
    {
        guard let metric = SparkplugMetric(bytes) else {
            delivery.malformed.note("a metric is no protobuf message")
            return
        }
        if delivery.isBirth, !delivery.isOutdated { learn(metric, of: &delivery) }
        guard let definition = definition(of: metric, &delivery), let meaning = definition.meaning else { return }
        if metric.isTransient {
            delivery.isTransient = true
            return
        }
        let datatype = metric.datatype ?? definition.datatype
        guard !metric.needsDatatype(datatype) else {
            delivery.unborn.note("whether a whole number is negative stands in its birth, which has not been seen")
            return
        }
        guard let report = delivery.report(of: metric) else { return }
        let value = metric.value(as: datatype)
        if let unit = metric.unit {
            writer.add(value, as: meaning, unit: unit, of: report)
        } else if let unit = definition.unit {
            unit.withUnsafeBytes { writer.add(value, as: meaning, unit: $0, of: report) }
        } else {
            writer.add(value, as: meaning, of: report)
        }
    }

    // MARK: - Names

    private static let longestName = 256

    private func learn(_ metric: SparkplugMetric, of delivery: inout SparkplugDelivery) {
        guard let name = metric.name else { return }
        let definition = SparkplugDefinition(
            name: name.count <= SparkplugBDecoder.longestName ? Array(name) : [], meaning: meaning(of: name),
            datatype: metric.datatype,
            unit: metric.unit.map { Array($0) })
        var isLearnt = delivery.publisher != nil
        if let publisher = delivery.publisher, let alias = metric.alias {
            isLearnt = births.learn(definition, as: .alias(alias), of: publisher)
        }
        // Data without an alias say the name again, but not the datatype.
        if let publisher = delivery.publisher, definition.meaning != nil {
            isLearnt = births.learn(definition, as: .name(name), of: publisher) && isLearnt
        }
        if !isLearnt {
            delivery.forgotten.note("no room to remember the aliases of more nodes, devices and metrics", readings: 0)
        }
    }

    private func definition(of metric: SparkplugMetric, _ delivery: inout SparkplugDelivery) -> SparkplugDefinition? {
        if let name = metric.name {
            return delivery.publisher?[.name(name)] ?? SparkplugDefinition(name: [], meaning: meaning(of: name))
        }
        guard let alias = metric.alias else {
            delivery.malformed.note("a metric has neither a name nor an alias")
            return nil
        }
        if let definition = delivery.publisher?[.alias(alias)] { return definition }
        delivery.unborn.note(
            "alias \(alias) stands for nothing: no birth that defines it has been seen since the start; "
                + "replay this behind the next birth, which `Node Control/Rebirth` asks of the node")
        return nil
    }

    /// By the whole name, else by what stands behind its folders.
    private func meaning(of name: UnsafeRawBufferPointer) -> FieldMeaning? {
        if let meaning = vocabulary.meaning(ofField: name) { return meaning }
        guard let slash = name.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return vocabulary.meaning(ofField: name.part((slash + 1)..<name.count))
    }
}
