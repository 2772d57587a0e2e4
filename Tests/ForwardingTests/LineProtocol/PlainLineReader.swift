/// Line protocol read byte by byte, as its description has it and with nothing of the writer's.
struct PlainLine: Equatable {
    enum Value: Equatable {
        case float(Double)
        case integer(Int64)
        case boolean(Bool)
    }

    var measurement: String
    var tags: [String: String]
    var tagOrder: [String]
    var fields: [String: Value]
    var time: Int64

    struct Unreadable: Error {
        var line: String
    }

    static func lines(_ text: String) throws -> [PlainLine] {
        guard text.last == "\n" else { throw Unreadable(line: text) }
        return try text.split(separator: "\n").map { try PlainLine(String($0)) }
    }

    init(_ line: String) throws {
        let parts = PlainLine.split(line, at: " ")
        guard parts.count == 3, let time = Int64(parts[2]), line.first != "#" else { throw Unreadable(line: line) }
        let head = PlainLine.split(parts[0], at: ",")
        measurement = PlainLine.unescaped(head[0])
        tags = [:]
        tagOrder = []
        for tag in head.dropFirst() {
            let pair = PlainLine.split(tag, at: "=")
            guard pair.count == 2, !pair[1].isEmpty, tags[pair[0]] == nil else { throw Unreadable(line: line) }
            tags[PlainLine.unescaped(pair[0])] = PlainLine.unescaped(pair[1])
            tagOrder.append(pair[0])
        }
        fields = [:]
        for field in PlainLine.split(parts[1], at: ",") {
            let pair = PlainLine.split(field, at: "=")
            guard pair.count == 2, let value = PlainLine.value(pair[1]), fields[pair[0]] == nil else {
                throw Unreadable(line: line)
            }
            fields[pair[0]] = value
        }
        self.time = time
    }

    private static func value(_ text: String) -> Value? {
        switch text {
        case "true": .boolean(true)
        case "false": .boolean(false)
        case let text where text.last == "i": Int64(text.dropLast()).map { .integer($0) }
        default: Double(text).map { .float($0) }
        }
    }

    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == separator, !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return parts
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.first, ", =".contains(next) {
                result.append(next)
                rest.removeFirst()
            } else {
                result.append(character)
            }
        }
        return result
    }
}
