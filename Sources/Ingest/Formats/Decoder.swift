public import Telemetry

/// Turns topic and payload into readings or rejections. Pure: no clock, no I/O. One thread.
public final class Decoder {
    public let options: DecoderOptions
    private let document: JSONDocument
    private var registry: SeriesRegistry

    /// - Parameter firstSeries: the first free number, when another decoder was at work before.
    public init(_ options: DecoderOptions, firstSeries: SeriesNumber = 0) {
        self.options = options
        document = JSONDocument(maximumBytes: options.limits.payloadBytes, maximumDepth: options.limits.depth)
        registry = SeriesRegistry(options: options, firstNumber: firstSeries)
    }

    /// The number that the next new series gets.
    public var nextSeries: SeriesNumber { registry.nextNumber }

    /// Decodes a message into `message`, which must be empty.
    ///
    /// Afterwards it holds at least one reading or one rejection. A message may be good in part: then it holds both.
    public func decode(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, received: Timestamp,
        into message: inout DecodedMessage
    ) {
        var match: TopicTemplate.Match?
        for index in options.sources.indices {
            match = options.sources[index].topic.match(topic)
            if match != nil {
                message.source = index
                break
            }
        }
        if payload.isEmpty {
            message.reject(.emptyPayload, "an empty payload clears a retained message and holds no reading")
            return
        }
        guard let source = message.source, let match else {
            message.reject(.unknownTopic, "no [[source]] has a topic that matches \(topic.text.excerpt)")
            return
        }
        guard payload.count <= options.limits.payloadBytes else {
            message.reject(
                .tooLarge, "the payload has \(payload.count) bytes; at most \(options.limits.payloadBytes) are decoded")
            return
        }
        let context = MessageContext(topic: topic, match: match, source: source, received: received)
        switch options.sources[source].format {
        case .json(let format):
            guard let root = parse(payload, into: &message) else { return }
            decodeJSON(root, format: format, context: context, into: &message)
        case .theThingsStack(let format):
            guard TheThingsStackTopic.isUplink(topic) else {
                message.reject(.ignoredTopic, "not an uplink: \(topic.text.excerpt)")
                return
            }
            guard let root = parse(payload, into: &message) else { return }
            decodeTheThingsStack(root, format: format, context: context, into: &message)
        }
        if message.readings.isEmpty, message.rejections.isEmpty {
            message.reject(.noReading, "the payload holds none of the values that the source names")
        }
    }

    private func parse(_ payload: UnsafeRawBufferPointer, into message: inout DecodedMessage) -> JSONValue? {
        switch document.parse(payload) {
        case .value(let root): return root
        case .tooDeep:
            message.reject(.tooDeep, "the payload is nested deeper than \(options.limits.depth) levels")
        case .invalid(let cause):
            message.reject(.undecodable, "\(cause): \(payload.text.excerpt)")
        }
        return nil
    }

    /// No sensor measures more, and the squares of what is below it can be added up. What is not a number is not below it.
    private static let largestValue = 1e150

    /// Adds a reading of a series that may be new, or the reason why not.
    func add(
        value: JSONValue, quantity: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer,
        unit: UnsafeRawBufferPointer?, time: (Timestamp, Reading.TimeOrigin), context: MessageContext,
        into message: inout DecodedMessage
    ) {
        guard message.readings.count + message.rejections.count < options.limits.readingsInMessage else {
            if message.rejections.last?.reason != .tooLarge {
                message.reject(.tooLarge, "more than \(options.limits.readingsInMessage) readings in one message")
            }
            return
        }
        guard let number = NumberText.number(value), abs(number) <= Decoder.largestValue else {
            message.reject(
                .badValue, "\(quantity.text.excerpt) has no number but \(value.shown)", readings: 1)
            return
        }
        let type = context.match.type.map { UnsafeRawBufferPointer(rebasing: context.topic[$0]) }
        let index: Int
        switch registry.find(device: device, quantity: quantity, type: type, source: context.source) {
        case .known(let known): index = known
        case .added(let added):
            index = added
            message.newSeries.append(registry.series(added))
        case .refused(let rejection):
            message.rejections.append(rejection)
            return
        }
        var converted = number
        if let unit {
            guard let conversion = registry.conversion(index, from: unit) else {
                let canonical = registry.series(index).quantity.unit
                message.reject(
                    .unknownUnit,
                    "unit \(unit.text.excerpt) is not known for \(quantity.text.excerpt), which is kept in \(canonical)",
                    readings: 1)
                return
            }
            converted = conversion.apply(number)
            guard abs(converted) <= Decoder.largestValue else {
                message.reject(
                    .badValue, "\(quantity.text.excerpt) of \(value.shown) \(unit.text.excerpt) is too large",
                    readings: 1)
                return
            }
        }
        message.readings.append(
            Reading(
                series: registry.number(index), time: time.0, value: converted, timeOrigin: time.1))
    }
}

/// What is known of a message before its payload is read.
struct MessageContext {
    let topic: UnsafeRawBufferPointer
    let match: TopicTemplate.Match
    let source: Int
    let received: Timestamp
}

extension UnsafeRawBufferPointer {
    var text: String { String(decoding: prefix(512), as: UTF8.self) }
}

extension JSONValue {
    /// For a person: what stands there.
    var shown: String {
        switch kind {
        case .null: "null"
        case .bool: isTrue ? "true" : "false"
        case .number: number.map { "\($0)" } ?? "a number"
        case .string: (text ?? "").excerpt
        case .array: "an array"
        case .object: "an object"
        }
    }
}
