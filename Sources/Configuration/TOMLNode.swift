import CTomlPlusPlus

/// A value in a TOML file, with its place.
struct TOMLNode {
    enum Value {
        /// In the order of the file.
        case table([Field])
        case array([TOMLNode])
        case string(String)
        case integer(Int64)
        case float(Double)
        case boolean(Bool)
        case time
    }

    struct Field {
        var key: String
        var keyPlace: Place
        var node: TOMLNode
    }

    var value: Value
    var place: Place

    /// Parses a file's text.
    static func parse(_ text: String, file: String) throws(ConfigurationError) -> TOMLNode {
        if let place = tooLongKey(in: text, file: file) {
            let complaint = Complaint(place: place, message: "a key of more than \(maximumKeyParts) parts")
            throw ConfigurationError(complaints: [complaint])
        }
        var text = text
        guard
            let document = text.withUTF8({ bytes in
                bytes.withMemoryRebound(to: CChar.self) { poort_toml_parse($0.baseAddress, $0.count) }
            })
        else { preconditionFailure("no memory for a configuration") }
        defer { poort_toml_free(document) }
        var place = poort_toml_place()
        if let cause = poort_toml_error(document, &place) {
            let complaint = syntaxComplaint(
                String(cString: cause), at: Place(file: file, line: Int(place.line), column: Int(place.column)),
                in: text)
            throw ConfigurationError(complaints: [complaint])
        }
        return TOMLNode(document, node: 0, file: file)
    }

    private static func syntaxComplaint(_ cause: String, at place: Place, in text: String) -> Complaint {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let line = lines.indices.contains(place.line - 1) ? String(lines[place.line - 1]) : ""
        let advice = SyntaxAdvice(cause: cause, line: line)
        // "Error while parsing string: …"
        var words = cause[...]
        if words.hasPrefix("Error while parsing "), let colon = words.firstRange(of: ": ") {
            words = words[colon.upperBound...]
        }
        let meaning = advice.words.isEmpty ? "" : "; \(advice.words)"
        return Complaint(
            place: place, message: "not TOML: \(String(words).plain)\(meaning)", suggestion: advice.suggestion?.plain)
    }

    private static let maximumKeyParts = 16

    /// The parser goes one call deeper for each part of a dotted key, without a limit of its own. Dots in comments and
    /// strings are none of a key.
    private static func tooLongKey(in text: String, file: String) -> Place? {
        var line = 1
        var dots = 0
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                dots = 0
            case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): line += skipString(quote: byte, &rest)
            case UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: ","), UInt8(ascii: "{"): dots = 0
            case UInt8(ascii: "."):
                dots += 1
                if dots >= maximumKeyParts { return Place(file: file, line: line, column: 1) }
            default: break
            }
        }
        return nil
    }

    /// Goes behind the end of a string that began before `rest`.
    /// - Returns: how many lines it spans.
    private static func skipString(quote: UInt8, _ rest: inout Substring.UTF8View) -> Int {
        let isLong = rest.starts(with: [quote, quote])
        if isLong { rest = rest.dropFirst(2) }
        var lines = 0
        while let byte = rest.popFirst() {
            switch byte {
            case quote where !isLong: return lines
            case quote where rest.starts(with: [quote, quote]):
                rest = rest.dropFirst(2)
                return lines
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""): rest = rest.dropFirst()
            case UInt8(ascii: "\n"):
                // A short string does not go on: the parser will say so.
                lines += 1
                if !isLong { return lines }
            default: break
            }
        }
        return lines
    }

    private init(_ document: OpaquePointer, node: Int, file: String) {
        func place(_ place: poort_toml_place) -> Place {
            Place(file: file, line: Int(place.line), column: Int(place.column))
        }
        func text(_ read: (OpaquePointer, Int, UnsafeMutablePointer<Int>) -> UnsafePointer<CChar>?, _ node: Int)
            -> String
        {
            var count = 0
            guard let start = read(document, node, &count) else { return "" }
            return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
        }
        let children = (0..<poort_toml_child_count(document, node)).map { poort_toml_child(document, node, $0) }
        switch poort_toml_kind_of(document, node) {
        case POORT_TOML_TABLE:
            value = .table(
                children.map { child in
                    Field(
                        key: text(poort_toml_key, child), keyPlace: place(poort_toml_key_place_of(document, child)),
                        node: TOMLNode(document, node: child, file: file))
                })
        case POORT_TOML_ARRAY: value = .array(children.map { TOMLNode(document, node: $0, file: file) })
        case POORT_TOML_STRING: value = .string(text(poort_toml_string, node))
        case POORT_TOML_INTEGER: value = .integer(poort_toml_integer(document, node))
        case POORT_TOML_FLOAT: value = .float(poort_toml_float(document, node))
        case POORT_TOML_BOOLEAN: value = .boolean(poort_toml_boolean(document, node))
        default: value = .time
        }
        self.place = place(poort_toml_place_of(document, node))
    }
}
