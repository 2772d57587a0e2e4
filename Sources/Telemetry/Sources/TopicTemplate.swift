import Glibc

/// A topic with holes: `sensors/{type}/{device}/{quantity}`, `+` for any level, `#` for any rest.
public struct TopicTemplate: Sendable, Hashable {
    public let text: String
    private let levels: [Level]
    /// The bytes of all literal levels, one after the other, so that matching a topic touches no other memory.
    private let literals: [UInt8]

    private enum Level: Sendable, Hashable {
        /// Where it stands in ``literals``.
        case literal(start: Int, count: Int)
        case type
        case device
        case quantity
        case any
        case rest
    }

    /// - Returns: nil when ``problems(in:)`` has something to say.
    public init?(_ text: String) {
        guard TopicTemplate.problems(in: text).isEmpty else { return nil }
        var levels: [Level] = []
        var literals: [UInt8] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case "{type}": levels.append(.type)
            case "{device}": levels.append(.device)
            case "{quantity}": levels.append(.quantity)
            case "+": levels.append(.any)
            case "#": levels.append(.rest)
            default:
                levels.append(.literal(start: literals.count, count: part.utf8.count))
                literals += part.utf8
            }
        }
        self.text = text
        self.levels = levels
        self.literals = literals
    }

    public static let placeholders = ["{type}", "{device}", "{quantity}"]

    /// What keeps a text from being a template, in words, with the level that it is about.
    public static func problems(in text: String) -> [(level: String, message: String)] {
        if text.isEmpty { return [("", "a topic must not be empty")] }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var found: [(String, String)] = []
        for (index, level) in levels.enumerated() where !placeholders.contains(level) && level != "+" {
            if level == "#" {
                if index < levels.count - 1 { found.append((level, "`#` in `topic` must be the last level")) }
            } else if level.contains("{") || level.contains("}") {
                found.append(
                    (
                        level,
                        "`\(level)` is not a level of a topic; {type}, {device} and {quantity} fill a whole level each"
                    ))
            } else if level.contains("+") || level.contains("#") {
                found.append((level, "`\(level)`: + and # fill a whole level"))
            }
        }
        for placeholder in placeholders where levels.count(where: { $0 == placeholder }) > 1 {
            found.append((placeholder, "\(placeholder) stands twice in `topic`"))
        }
        return found
    }

    public var givesDevice: Bool { levels.contains(.device) }
    public var givesQuantity: Bool { levels.contains(.quantity) }
    public var endsInRest: Bool { levels.last == .rest }

    /// What to subscribe to. Source: MQTT 5.0, 4.7.
    public var filter: String { filterLevels.joined(separator: "/") }

    private var filterLevels: [Substring] {
        text.split(separator: "/", omittingEmptySubsequences: false)
            .map { TopicTemplate.placeholders.contains(String($0)) ? "+" : $0 }
    }

    /// Whether some topic matches both.
    public func overlaps(_ other: TopicTemplate) -> Bool {
        let (ours, theirs) = (filterLevels, other.filterLevels)
        for index in 0..<max(ours.count, theirs.count) {
            let our = index < ours.count ? ours[index] : nil
            let their = index < theirs.count ? theirs[index] : nil
            if our == "#" || their == "#" { return true }
            guard let our, let their, our == "+" || their == "+" || our == their else { return false }
        }
        return true
    }

    /// The topics that both match, as a filter; nil where there are none.
    public func common(with other: TopicTemplate) -> String? {
        guard overlaps(other) else { return nil }
        let (ours, theirs) = (filterLevels, other.filterLevels)
        var levels: [Substring] = []
        for index in 0..<min(ours.count, theirs.count) {
            if ours[index] == "#" || theirs[index] == "#" {
                levels += ours[index] == "#" ? theirs[index...] : ours[index...]
                break
            }
            levels.append(ours[index] == "+" ? theirs[index] : ours[index])
        }
        return levels.joined(separator: "/")
    }

    /// Whether every topic that the other matches is matched by this one.
    public func covers(_ other: TopicTemplate) -> Bool {
        let (ours, theirs) = (filterLevels, other.filterLevels)
        for (index, our) in ours.enumerated() {
            if our == "#" { return true }
            guard index < theirs.count, theirs[index] != "#", our == "+" || our == theirs[index] else { return false }
        }
        return ours.count == theirs.count
    }

    /// What a topic holds in the template's places; nil when it does not match.
    public func match(_ topic: UnsafeRawBufferPointer) -> Match? {
        literals.withUnsafeBytes { literals in
            var match = Match()
            var start = 0
            for level in levels {
                if level == .rest {
                    match.rest = min(start, topic.count)..<topic.count
                    return match
                }
                guard start <= topic.count else { return nil }
                let end = TopicTemplate.endOfLevel(in: topic, from: start)
                switch level {
                case .literal(let literal, let count):
                    let expected = UnsafeRawBufferPointer(rebasing: literals[literal..<(literal + count)])
                    guard UnsafeRawBufferPointer(rebasing: topic[start..<end]).hasSameBytes(as: expected) else {
                        return nil
                    }
                case .type: match.type = start..<end
                case .device: match.device = start..<end
                case .quantity: match.quantity = start..<end
                case .any, .rest: break
                }
                start = end + 1
            }
            return start == topic.count + 1 ? match : nil
        }
    }

    private static func endOfLevel(in topic: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard start < topic.count, let base = topic.baseAddress,
            let slash = memchr(base + start, Int32(UInt8(ascii: "/")), topic.count - start)
        else { return topic.count }
        return UnsafeRawPointer(slash) - base
    }

    /// Places in a topic, in bytes.
    public struct Match {
        public var type: Range<Int>?
        public var device: Range<Int>?
        public var quantity: Range<Int>?
        /// What `#` stands for: the levels at the end, if any.
        public var rest: Range<Int>?
    }
}
