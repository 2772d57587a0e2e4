/// What was probably meant where a file is not TOML, by the parser's words and the look of the line.
///
/// Source: TOML 1.0; the parser's words are toml++'s.
struct SyntaxAdvice {
    /// Empty where the line tells nothing.
    var words = ""
    /// The line as it would be right.
    var suggestion: String?

    /// - Parameters:
    ///   - cause: the parser's own words.
    ///   - line: the one that it stopped at.
    init(cause: String, line: String) {
        let line = line.trimmed
        if cause.contains("cannot redefine") {
            adviseOnRepetition(line)
        } else if line.contains(where: { "“”„‟‘’".contains($0) }) {
            words = "text stands between straight quotes"
            suggestion = String(line.map { "“”„‟".contains($0) ? "\"" : "‘’".contains($0) ? "'" : $0 })
        } else if line.hasPrefix("[") {
            adviseOnHeader(line)
        } else if let equals = line.firstIndex(of: "=") {
            let value = String(line[line.index(after: equals)...]).withoutComment.trimmed
            adviseOnValue(key: String(line[..<equals]).trimmed, value: value, cause: cause)
        } else {
            adviseOnOther(line)
        }
    }

    private mutating func adviseOnRepetition(_ line: String) {
        let name = line.filter { $0 != "[" && $0 != "]" }.withoutComment.trimmed
        guard line.hasPrefix("[") else {
            words = "the key stands there already; remove one of the two"
            return
        }
        if ["source", "device"].contains(name) {
            words = "there may be several, so each is written with two brackets"
            suggestion = line.hasPrefix("[[") ? nil : "[[\(name)]]"
        } else {
            words = "a table is written once, with all its keys together"
        }
    }

    private mutating func adviseOnHeader(_ line: String) {
        let name = line.filter { $0 != "[" && $0 != "]" }.withoutComment.trimmed
        let brackets = line.hasPrefix("[[") ? ("[[", "]]") : ("[", "]")
        if line.withoutComment.trimmed.hasSuffix(brackets.1) {
            words = "a name in a header is of letters, digits, _ and -, or stands in quotes"
        } else {
            words = "the header is not closed"
            suggestion = "\(brackets.0)\(name)\(brackets.1)"
        }
    }

    private mutating func adviseOnOther(_ line: String) {
        if line.hasPrefix("//") || line.hasPrefix(";") || line.hasPrefix("--") || line.hasPrefix("/*") {
            words = "a comment begins with #"
        } else if let colon = line.firstIndex(of: ":"), line[..<colon].allSatisfy(\.isBare), colon > line.startIndex {
            words = "a key and its value have = between them"
            suggestion = "\(line[..<colon]) = \(line[line.index(after: colon)...].drop { $0 == " " })"
        } else if line.contains(where: { "]}),".contains($0) }) || line.isEmpty {
            words = "a bracket, brace or quote that began above is not closed, or one too many is"
        } else {
            words = "a line is key = value, [table], [[table]], or a comment behind #; is one above it not closed?"
        }
    }

    private mutating func adviseOnValue(key: String, value: String, cause: String) {
        if key.isEmpty || !key.allSatisfy({ $0.isBare || "\"'. ".contains($0) }) || key.hasSpaceInside {
            words = "a key with other characters than letters, digits, _ and - stands in quotes"
            if !key.isEmpty, !key.contains("\""), !key.contains("="), !key.contains("{"), !key.contains("[") {
                suggestion = "\"\(key)\" = \(value)"
            }
        } else if value.isEmpty {
            words = "there is no value behind ="
        } else if value.hasSuffix(";") {
            words = "nothing ends a line"
            suggestion = "\(key) = \(value.dropLast())"
        } else if let first = value.first, "\"'".contains(first) {
            adviseOnText(key: key, value: value, quote: first, cause: cause)
        } else if value.hasPrefix("{") {
            adviseOnBraces(key: key, value: value, cause: cause)
        } else if value.hasPrefix("[") || cause.contains("array") {
            words = "a comma is missing, or the ] at its end"
        } else {
            adviseOnWord(key: key, value: value, cause: cause)
        }
    }

    private mutating func adviseOnText(key: String, value: String, quote: Character, cause: String) {
        if cause.contains("escape sequence") || cause.contains("unicode scalar") {
            words = "\\ between double quotes begins an escape; text with \\ in it stands between single quotes"
            if value.hasSuffix("\""), !value.contains("'"), value.count > 1 {
                suggestion = "\(key) = '\(value.dropFirst().dropLast())'"
            }
        } else if value.count(where: { $0 == quote }) == 1 {
            words = "the text has no quote at its end"
            suggestion = "\(key) = \(value)\(quote)"
        } else if value.count(where: { $0 == quote }) > 2 {
            words = "text with \(quote) in it stands between \(quote == "\"" ? "single" : "double") quotes"
        } else if value.last == quote {
            words = SyntaxAdvice.unclosedAbove
        } else {
            words = "behind the value comes nothing but a comment"
        }
    }

    private mutating func adviseOnBraces(key: String, value: String, cause: String) {
        if let pointed = value.withDecimalPoints {
            words = "decimals take a point"
            suggestion = "\(key) = \(pointed)"
        } else if cause.contains("dangling comma") {
            words = "no comma comes behind the last value between braces"
        } else if cause.contains("saw '\\n'") || cause.contains("saw '\\r'") {
            words = "what stands between braces stands on one line, or is a [table] of its own"
        } else {
            words = "a comma is missing between two values, or a value with quotes in it needs single quotes around it"
        }
    }

    private mutating func adviseOnWord(key: String, value: String, cause: String) {
        switch value.lowercased() {
        case "true", "yes", "on": suggestion = "\(key) = true"
        case "false", "no", "off": suggestion = "\(key) = false"
        default: break
        }
        if suggestion != nil {
            words = "it is written true or false"
            return
        }
        let isCommaNumber = value.contains(",") && value.allSatisfy { $0.isNumber || ",-+".contains($0) }
        if isCommaNumber {
            words = "decimals take a point"
            suggestion = "\(key) = \(value.replacing(",", with: "."))"
        } else if cause.contains("leading zero") || value.hasSuffix(".") {
            words = "a number begins with no 0 before other digits, and ends with a digit"
        } else if value.contains(where: { "\"=".contains($0) }) {
            words = "a line holds one key and one value"
        } else if value.contains(where: { $0.isLetter || ":/@".contains($0) }) || value.count(where: { $0 == "." }) > 1
        {
            words = "text, and a number with a unit, stands in quotes"
            suggestion = "\(key) = \"\(value)\""
        } else if Double(value) != nil {
            words = SyntaxAdvice.unclosedAbove
        }
    }

    /// Of a line that is right in itself.
    private static let unclosedAbove = "is a bracket, brace or quote above it not closed?"
}

extension String {
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" || $0 == "\u{FEFF}" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }

    /// Up to a # that has a space before it; one within quotes counts as well, which costs no more than the advice.
    fileprivate var withoutComment: String {
        guard let range = firstRange(of: " #") else { return self }
        return String(self[..<range.lowerBound])
    }

    /// `{ lat = 52.5 }` for `{ lat = 52,5 }`; nil where no number has a comma, with digits on both sides.
    fileprivate var withDecimalPoints: String? {
        var characters = Array(self)
        var isFound = false
        var isText = false
        for index in characters.indices {
            if characters[index] == "\"" { isText.toggle() }
            guard characters[index] == ",", !isText, index + 1 < characters.count, characters[index + 1].isNumber
            else { continue }
            let digits = characters[..<index].reversed().prefix(while: \.isNumber)
            let before = characters[..<(index - digits.count)].last { $0 != " " && $0 != "-" && $0 != "+" }
            guard !digits.isEmpty, before == "=" else { continue }
            characters[index] = "."
            isFound = true
        }
        return isFound ? String(characters) : nil
    }

    fileprivate var hasSpaceInside: Bool { !contains("\"") && !contains("'") && contains(" ") && !contains(".") }
}

extension Character {
    /// Of a key without quotes. Source: TOML 1.0, Keys.
    fileprivate var isBare: Bool { isASCII && (isLetter || isNumber || self == "_" || self == "-") }
}
