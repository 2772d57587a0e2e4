public import Telemetry

/// Turns topic and payload into readings or rejections. Without clock and I/O. One thread.
public final class Decoder {
    public let options: DecoderOptions
    private let writer: ReadingWriter
    private let payloads: [any PayloadDecoder]
    private let unread: UnreadNames?

    /// - Parameters:
    ///   - firstSeries: the first free number, when another decoder was at work before.
    ///   - takenSeries: series that were taken in before. They count against the limit, and are let in again whatever
    ///     has come meanwhile.
    ///   - notesUnread: whether ``unreadNames`` is kept.
    public init(
        _ options: DecoderOptions, firstSeries: SeriesNumber = 0, takenSeries: Set<SeriesIdentity> = [],
        notesUnread: Bool = false
    ) {
        self.options = options
        let unread = notesUnread ? UnreadNames() : nil
        self.unread = unread
        writer = ReadingWriter(options, firstSeries: firstSeries, takenSeries: takenSeries)
        let document = JSONDocument(maximumBytes: options.limits.payloadBytes, maximumDepth: options.limits.depth)
        payloads = options.sources.map {
            SourceSetup(
                source: $0, catalogue: options.catalogue, limits: options.limits, document: document, unread: unread
            ).makeDecoder()
        }
    }

    /// The number that the next new series gets.
    public var nextSeries: SeriesNumber { writer.nextSeries }

    /// Every series that was taken in, by this decoder or before it.
    public var takenSeries: Set<SeriesIdentity> { writer.takenSeries }

    /// Names of the last message's fields that say nothing, in formats that go by the names in the payload.
    public var unreadNames: [String] { unread?.names ?? [] }

    /// Decodes a message into `message`, which must be empty.
    ///
    /// Afterwards it holds at least one reading or one rejection. A message may be good in part: then it holds both.
    /// - Parameters:
    ///   - received: when it came.
    ///   - isReplayed: it came before others that were decoded meanwhile.
    public func decode(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, received: Timestamp, isReplayed: Bool = false,
        into message: inout DecodedMessage
    ) {
        swap(&writer.message, &message)
        defer { swap(&writer.message, &message) }
        unread?.removeAll()
        let match = match(topic)
        writer.message.source = match?.source
        if payload.isEmpty {
            writer.reject(.emptyPayload, "an empty payload clears a retained message and holds no reading")
            return
        }
        guard let (source, places) = match else {
            writer.reject(.unknownTopic, "no [[source]] has a topic that matches \(topic.text.excerpt)")
            return
        }
        guard payload.count <= options.limits.payloadBytes else {
            writer.reject(
                .tooLarge, "the payload has \(payload.count) bytes; at most \(options.limits.payloadBytes) are decoded")
            return
        }
        writer.begin()
        payloads[source].decode(
            payload,
            of: MessageContext(
                topic: topic, match: places, source: source, received: received, isReplayed: isReplayed),
            into: writer)
        writer.finish()
    }

    /// Goes on where an earlier decoder ends, for sources that both have by the same name and format: with what their
    /// messages have said that is to hold for those that follow. The earlier one is not to be used any more.
    public func takeOver(from earlier: Decoder) {
        for (index, source) in options.sources.enumerated() {
            let before = earlier.options.sources.firstIndex { $0.name == source.name && $0.format == source.format }
            if let before { payloads[index].takeOver(from: earlier.payloads[before]) }
        }
    }

    private func match(_ topic: UnsafeRawBufferPointer) -> (source: Int, places: TopicTemplate.Match)? {
        for index in options.sources.indices {
            if let places = options.sources[index].topic.match(topic) { return (index, places) }
        }
        return nil
    }
}
