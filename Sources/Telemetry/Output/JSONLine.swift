/// Writes one JSON object on one line, keys in the order in which they are added.
public struct JSONLine: Sendable {
    private var text: String

    public init() {
        text = "{"
    }

    /// The finished object, without a line break.
    public var finished: String { text + "}" }

    public mutating func add(_ key: String, _ value: String) {
        addKey(key)
        JSONLine.appendQuoted(value, to: &text)
    }

    public mutating func add(_ key: String, _ value: Int) {
        addKey(key)
        text += String(value)
    }

    public mutating func add(_ key: String, _ value: Bool) {
        addKey(key)
        text += value ? "true" : "false"
    }

    /// The shortest form that reads back as the same number; whole numbers without a fraction. Not finite: `null`.
    public mutating func add(_ key: String, _ value: Double) {
        addKey(key)
        text += JSONLine.number(value)
    }

    public mutating func add(_ key: String, _ value: Timestamp) {
        add(key, value.description)
    }

    public mutating func add(_ key: String, _ value: JSONLine) {
        addKey(key)
        text += value.finished
    }

    public mutating func add(_ key: String, _ values: [JSONLine]) {
        addKey(key)
        text += "[" + values.map(\.finished).joined(separator: ",") + "]"
    }

    public mutating func add(_ key: String, _ values: [String]) {
        addKey(key)
        text += "["
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            JSONLine.appendQuoted(value, to: &text)
        }
        text += "]"
    }

    public mutating func addNull(_ key: String) {
        addKey(key)
        text += "null"
    }

    public mutating func add(_ key: String, _ value: Double?) {
        if let value { add(key, value) } else { addNull(key) }
    }

    public mutating func add(_ key: String, _ value: Int?) {
        if let value { add(key, value) } else { addNull(key) }
    }

    public mutating func add(_ key: String, _ value: String?) {
        if let value { add(key, value) } else { addNull(key) }
    }

    public mutating func add(_ key: String, _ value: Bool?) {
        if let value { add(key, value) } else { addNull(key) }
    }

    public mutating func add(_ key: String, _ value: Timestamp?) {
        if let value { add(key, value) } else { addNull(key) }
    }

    private mutating func addKey(_ key: String) {
        if text.utf8.count > 1 { text += "," }
        JSONLine.appendQuoted(key, to: &text)
        text += ":"
    }

    public static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        // From 2^54 on, `description` has an exponent in place of a fraction.
        if value == value.rounded(), abs(value) < 0x1p54 { return String(Int64(value)) }
        return value.description
    }

    /// A text as a JSON string, which is a basic string of TOML as well.
    public static func quoted(_ value: String) -> String {
        var text = ""
        appendQuoted(value, to: &text)
        return text
    }

    private static func appendQuoted(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // U+0080 to U+009F drive a terminal as escape sequences do. Source: ECMA-48, 5.3.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
