import Telemetry

/// A line of InfluxDB's line protocol, cut into its three sections; names still have their backslashes.
///
/// Source: InfluxDB's line protocol reference. A line ends where it ends, even within quotes: of what follows an open
/// quote nothing could be told.
struct ProtocolLine {
    let measurement: UnsafeRawBufferPointer
    /// `,key=value` for each tag.
    private let tags: UnsafeRawBufferPointer
    private let fields: UnsafeRawBufferPointer
    /// Empty where there is none.
    let timestamp: UnsafeRawBufferPointer

    /// What keeps a line from being one, in words.
    struct Fault: Error {
        let cause: StaticString
    }

    init(_ line: UnsafeRawBufferPointer) throws(Fault) {
        let endOfKey = line.firstUnescaped(UInt8(ascii: " "), from: 0)
        let endOfName = min(line.firstUnescaped(UInt8(ascii: ","), from: 0), endOfKey)
        guard endOfName > 0 else { throw Fault(cause: "there is no measurement") }
        measurement = line.part(0..<endOfName)
        tags = line.part(endOfName..<endOfKey)
        let rest = line.part(endOfKey..<line.count).trimmed
        guard !rest.isEmpty else { throw Fault(cause: "there are no fields behind a space") }
        guard let endOfFields = ProtocolLine.endOfFields(rest) else { throw Fault(cause: "a quote is not closed") }
        fields = rest.part(0..<endOfFields)
        timestamp = rest.part(endOfFields..<rest.count).trimmed
        // All of it before any of it counts: behind `temperature=21,5` stands a fault, and 21 is not what was measured.
        try ProtocolLine.forEachField(fields) { _, _ in }
    }

    /// The first space outside quotes; nil where a quote stays open. Quotes mean something right behind a `=` only.
    private static func endOfFields(_ text: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        var isQuoted = false
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "\""):
                isQuoted = !isQuoted && index > 0 && text[index - 1] == UInt8(ascii: "=")
            case UInt8(ascii: " ") where !isQuoted: return index
            default: break
            }
            index += 1
        }
        return isQuoted ? nil : text.count
    }

    func forEachTag(_ visit: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) throws(Fault) {
        var start = 0
        while start < tags.count {
            let equals = tags.firstUnescaped(UInt8(ascii: "="), from: start + 1)
            let end = tags.firstUnescaped(UInt8(ascii: ","), from: start + 1)
            guard equals < end else { throw Fault(cause: "a tag has no `=`") }
            visit(tags.part((start + 1)..<equals), tags.part((equals + 1)..<end))
            start = end
        }
    }

    /// - Parameter visit: gets nil for a value that is none: no number, no boolean, no string in quotes.
    func forEachField(_ visit: (_ key: UnsafeRawBufferPointer, _ value: FieldValue?) -> Void) {
        try? ProtocolLine.forEachField(fields) { key, value in visit(key, ProtocolLine.value(value)) }
    }

    private static func forEachField(
        _ fields: UnsafeRawBufferPointer, _ visit: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) throws(Fault) {
        var start = 0
        repeat {
            let equals = fields.firstUnescaped(UInt8(ascii: "="), from: start)
            guard equals > start, equals < fields.firstUnescaped(UInt8(ascii: ","), from: start) else {
                throw Fault(cause: "a field has no `=` (a space in a name is written `\\ `)")
            }
            let end = endOfValue(fields, from: equals + 1)
            guard end == fields.count || fields[end] == UInt8(ascii: ",") else {
                throw Fault(cause: "something stands behind a closing quote")
            }
            visit(fields.part(start..<equals), fields.part((equals + 1)..<end))
            start = end + 1
        } while start <= fields.count
    }

    private static func endOfValue(_ fields: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard start < fields.count, fields[start] == UInt8(ascii: "\"") else {
            return fields.firstUnescaped(UInt8(ascii: ","), from: start)
        }
        return min(fields.firstUnescaped(UInt8(ascii: "\""), from: start + 1) + 1, fields.count)
    }

    private static func value(_ text: UnsafeRawBufferPointer) -> FieldValue? {
        guard let first = text.first, let last = text.last else { return nil }
        if first == UInt8(ascii: "\"") { return .text(text.part(1..<max(1, text.count - 1))) }
        if first == UInt8(ascii: "t") || first == UInt8(ascii: "T") {
            return text.count == 1 || text.isWord("true") ? .boolean(true) : nil
        }
        if first == UInt8(ascii: "f") || first == UInt8(ascii: "F") {
            return text.count == 1 || text.isWord("false") ? .boolean(false) : nil
        }
        if last == UInt8(ascii: "i") || last == UInt8(ascii: "u") {
            let digits = text.part(0..<(text.count - 1))
            return digits.isInteger ? number(digits) : nil
        }
        return number(text)
    }

    private static func number(_ text: UnsafeRawBufferPointer) -> FieldValue? {
        switch ValueText.meaning(text) {
        case .number(let number, unit: nil): .number(number)
        case .missing where text.isWord("nan"): .absent
        default: nil
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where a byte stands that has no backslash before it; the end where there is none.
    fileprivate func firstUnescaped(_ byte: UInt8, from start: Int) -> Int {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += self[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return count
    }

    fileprivate var isInteger: Bool {
        let digits = first == UInt8(ascii: "-") ? part(1..<count) : self
        return !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }
}
