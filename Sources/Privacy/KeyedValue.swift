/// What stands behind the `:` or `=` of a key whose value is personal.
struct KeyedValue {
    /// Nil where there is nothing to mask.
    private(set) var finding: PersonalDataFinding?
    /// Where it ends.
    private(set) var end: Int

    /// - Parameter separator: where the `:` or `=` stands.
    /// - Returns: nil where no personal key stands before it.
    init?(of bytes: UnsafeRawBufferPointer, at separator: Int, keys: PersonalKeys) {
        guard let key = KeyedValue.key(in: bytes, before: separator), keys.arePersonal(bytes.part(key.name)) else {
            return nil
        }
        var start = separator + 1
        while start < bytes.count, bytes[start].isWhitespace { start += 1 }
        end = start
        guard start < bytes.count else { return }
        let backslashes = KeyedValue.backslashes(in: bytes, from: start)
        if start + backslashes < bytes.count, bytes[start + backslashes].isQuote {
            let content = start + backslashes + 1
            let quote = bytes[start + backslashes]
            let close = KeyedValue.closing(quote, backslashes, in: bytes, from: content)
            end = min(bytes.count, close + backslashes + 1)
            if close > content { finding = PersonalDataFinding(kind: .named, range: content..<close, form: .text) }
        } else if key.isQuoted, bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
            end = KeyedValue.compositeEnd(key.backslashes, in: bytes, from: start)
            finding = PersonalDataFinding(
                kind: .named, range: start..<end, form: .composite(backslashes: key.backslashes))
        } else {
            while end < bytes.count, !KeyedValue.endsScalar(bytes[end]) { end += 1 }
            if end > start, !KeyedValue.isLiteral(bytes.part(start..<end)) {
                finding = PersonalDataFinding(
                    kind: .named, range: start..<end, form: key.isQuoted ? .number : .plain)
            }
        }
    }

    /// `true`, `false` and `null` tell of nobody.
    static func isLiteral(_ word: UnsafeRawBufferPointer) -> Bool {
        func equals(_ text: StaticString) -> Bool { text.withUTF8Buffer { $0.elementsEqual(word) } }
        return equals("null") || equals("true") || equals("false")
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte.isWhitespace || byte == 0 || ",}])&;".utf8.contains(byte)
    }

    // MARK: - Keys

    private struct Key {
        var name: Range<Int>
        var isQuoted: Bool
        /// Before each of its quotes, where JSON stands in a text in JSON.
        var backslashes = 0
    }

    /// In quotes before either separator; without them before `=` alone, since `urn:dev:mac:…` is no key.
    private static func key(in bytes: UnsafeRawBufferPointer, before separator: Int) -> Key? {
        var end = separator
        while end > 0, separator - end < 16, bytes[end - 1].isWhitespace { end -= 1 }
        guard end > 0 else { return nil }
        let lowest = max(0, end - PersonalKeys.longestKey - 8)
        if bytes[end - 1].isQuote {
            let quote = bytes[end - 1]
            var close = end - 1
            while close > lowest, bytes[close - 1] == UInt8(ascii: "\\") { close -= 1 }
            var start = close
            while start > lowest, bytes[start - 1] != quote { start -= 1 }
            guard start > 0, bytes[start - 1] == quote else { return nil }
            return Key(name: start..<close, isQuoted: true, backslashes: end - 1 - close)
        }
        guard bytes[separator] == UInt8(ascii: "="), end == separator else { return nil }
        var start = end
        while start > lowest, bytes[start - 1].isAlphanumeric || "_-.".utf8.contains(bytes[start - 1]) { start -= 1 }
        return Key(name: start..<end, isQuoted: false)
    }

    // MARK: - Texts within quotes

    private static func backslashes(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var count = 0
        while count < 8, start + count < bytes.count, bytes[start + count] == UInt8(ascii: "\\") { count += 1 }
        return count
    }

    /// Whether a quote with so many backslashes before it ends a text that began with `opening` of them.
    static func closes(_ backslashes: Int, opening: Int) -> Bool {
        opening == 0 ? backslashes.isMultiple(of: 2) : backslashes <= opening
    }

    /// Where a text ends, before the backslashes of its closing quote; the end of the bytes where it is cut off.
    private static func closing(
        _ quote: UInt8, _ opening: Int, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int {
        var run = 0
        for index in start..<bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                run += 1
            } else {
                if bytes[index] == quote, closes(run, opening: opening) { return index - min(run, opening) }
                run = 0
            }
        }
        return bytes.count
    }

    private static func compositeEnd(_ opening: Int, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var (depth, run) = (0, 0)
        var isText = false
        for index in start..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") {
                run += 1
                continue
            }
            if byte == UInt8(ascii: "\"") {
                if !isText || closes(run, opening: opening) { isText.toggle() }
            } else if !isText {
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    depth -= 1
                    if depth == 0 { return index + 1 }
                }
            }
            run = 0
        }
        return bytes.count
    }
}
