import Telemetry

/// What is known of a message before its payload is read. Valid while the message is decoded.
struct MessageContext {
    let topic: UnsafeRawBufferPointer
    let match: TopicTemplate.Match
    /// Index into the options' sources.
    let source: Int
    let received: Timestamp
    /// It comes out of quarantine: what it says of other messages may be out of date.
    let isReplayed: Bool

    /// The part of the topic that stands for `{device}`.
    var device: DeviceName? { match.device.map { DeviceName(part($0)) } }
    var quantity: UnsafeRawBufferPointer? { match.quantity.map(part) }
    var type: UnsafeRawBufferPointer? { match.type.map(part) }

    private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        topic.part(range)
    }

    /// Whether the topic ends in these levels: `/up`.
    func topicEnds(in suffix: StaticString) -> Bool {
        suffix.withUTF8Buffer { suffix in
            topic.count > suffix.count
                && topic.part((topic.count - suffix.count)...)
                    .hasSameBytes(as: UnsafeRawBufferPointer(suffix))
        }
    }
}

/// Whose readings follow, and of when.
struct Report {
    var device: DeviceName
    var time: ReadingTime
    var context: MessageContext
}
