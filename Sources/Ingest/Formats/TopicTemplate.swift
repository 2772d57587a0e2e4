/// A topic with holes: `sensors/{type}/{device}/{quantity}`, `+` for any level, `#` for any rest.
public struct TopicTemplate: Sendable, Hashable {
    public let text: String
    let levels: [Level]

    enum Level: Sendable, Hashable {
        case literal([UInt8])
        case type
        case device
        case quantity
        case any
        case rest
    }

    /// - Returns: nil when a placeholder is unknown or stands twice, a level mixes text and placeholder, or `#` is not
    ///   last.
    public init?(_ text: String) {
        var levels: [Level] = []
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            switch part {
            case "{type}": levels.append(.type)
            case "{device}": levels.append(.device)
            case "{quantity}": levels.append(.quantity)
            case "+": levels.append(.any)
            case "#":
                guard index == parts.count - 1 else { return nil }
                levels.append(.rest)
            default:
                guard !part.contains(where: { "{}+#".contains($0) }) else { return nil }
                levels.append(.literal(Array(part.utf8)))
            }
        }
        for placeholder in [Level.type, .device, .quantity] where levels.count(where: { $0 == placeholder }) > 1 {
            return nil
        }
        guard !text.isEmpty else { return nil }
        self.text = text
        self.levels = levels
    }

    public var givesDevice: Bool { levels.contains(.device) }
    public var givesQuantity: Bool { levels.contains(.quantity) }

    /// What to subscribe to. Source: MQTT 5.0, 4.7.
    public var filter: String {
        levels.map { level in
            switch level {
            case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
            case .type, .device, .quantity, .any: "+"
            case .rest: "#"
            }
        }.joined(separator: "/")
    }

    /// What a topic holds in the template's places; nil when it does not match.
    func match(_ topic: UnsafeRawBufferPointer) -> Match? {
        var match = Match()
        var start = 0
        for (index, level) in levels.enumerated() {
            if level == .rest { return match }
            guard start <= topic.count else { return nil }
            var end = start
            while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
            let range = start..<end
            switch level {
            case .literal(let bytes):
                guard bytes.count == range.count, topic[range].elementsEqual(bytes) else { return nil }
            case .type: match.type = range
            case .device: match.device = range
            case .quantity: match.quantity = range
            case .any, .rest: break
            }
            start = end + 1
            if index == levels.count - 1 { return end == topic.count ? match : nil }
        }
        return nil
    }

    struct Match {
        var type: Range<Int>?
        var device: Range<Int>?
        var quantity: Range<Int>?
    }
}
