/// Values as complaints show them.
extension TOMLNode {
    /// The value as it stands there, or what kind of value it is.
    var shown: String {
        switch value {
        case .string(let text): "\"\(text.plain)\""
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .boolean(let truth): "\(truth)"
        case .array(let items): TOMLNode.shown(items)
        case .table: "a table"
        case .time: "a date or time"
        }
    }

    private static func shown(_ items: [TOMLNode]) -> String {
        let parts = items.prefix(4).map { item in
            if case .array = item.value { "a list" } else { item.shown }
        }
        return "[" + parts.joined(separator: ", ") + (items.count > 4 ? ", …]" : "]")
    }

    /// Without its quotes.
    var text: String? {
        if case .string(let text) = value { text } else { nil }
    }

    var number: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }

    /// The number that somebody put in quotes.
    var numberInText: String? {
        guard let text, let number = Double(text), number.isFinite else { return nil }
        return text
    }
}

extension String {
    /// On one line, cut to what a person reads, with nothing in it that upsets a terminal.
    var plain: String {
        var shown = ""
        for scalar in unicodeScalars.prefix(String.longestShown) {
            switch scalar {
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            // U+0080 to U+009F drive a terminal as escape sequences do. Source: ECMA-48, 5.3.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.count > String.longestShown ? shown + "…" : shown
    }

    private static var longestShown: Int { 80 }

    var hasControlCharacters: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
