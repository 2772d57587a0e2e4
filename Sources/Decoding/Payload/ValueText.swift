import Glibc

/// Values that payloads write as text: `35.67`, `12,3`, `2000 mm`, `-59 dBm`, `ON`, `nan`.
enum ValueText {
    private static let longestNumber = 64

    static func meaning(_ text: UnsafeRawBufferPointer) -> FieldValue.Meaning {
        let text = text.trimmed
        if text.isEmpty { return .missing }
        if let (number, end) = leadingNumber(text) {
            let unit = text.part(end...).trimmed
            if unit.isEmpty { return .number(number, unit: nil) }
            return isUnit(unit) ? .number(number, unit: unit) : .none
        }
        return word(text)
    }

    private static func word(_ text: UnsafeRawBufferPointer) -> FieldValue.Meaning {
        if text.isWord("on") || text.isWord("true") { return .boolean(true) }
        if text.isWord("off") || text.isWord("false") { return .boolean(false) }
        if text.isWord("nan") || text.isWord("-nan") || text.isWord("null") || text.isWord("none") || text.isWord("n/a")
            || text.isWord("unknown") || text.isWord("unavailable")
        {
            return .missing
        }
        return .none
    }

    /// A unit does not begin like another number, nor is it a sentence.
    private static func isUnit(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count <= 16, let first = text.first else { return false }
        return !first.isDigit && !".,+-_:".utf8.contains(first)
    }

    /// The decimal number at the beginning, and where it ends. Not finite where it is too large.
    ///
    /// A comma is a decimal comma; with both comma and dot there is no telling, and no number. Neither is `0x10`: that is
    /// a register's address or an identifier.
    private static func leadingNumber(_ text: UnsafeRawBufferPointer) -> (Double, end: Int)? {
        var end = 0
        if text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") { end = 1 }
        var digits = 0
        var separators = 0
        while end < text.count {
            if text[end].isDigit {
                digits += 1
            } else if text[end] == UInt8(ascii: ".") || text[end] == UInt8(ascii: ",") {
                separators += 1
            } else {
                break
            }
            end += 1
        }
        guard digits > 0, separators <= 1 else { return nil }
        if let exponentEnd = endOfExponent(text, from: end) { end = exponentEnd }
        if end < text.count, text[end] | 0x20 == UInt8(ascii: "x") { return nil }
        guard end < longestNumber else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: longestNumber) { buffer in
            for index in 0..<end {
                buffer[index] = CChar(bitPattern: text[index] == UInt8(ascii: ",") ? UInt8(ascii: ".") : text[index])
            }
            buffer[end] = 0
            // The process keeps to the C locale, whose decimal point is a dot.
            return (strtod(buffer.baseAddress!, nil), end)
        }
    }

    /// Behind `e-3`; nil where no exponent stands.
    private static func endOfExponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var end = start
        guard end < text.count, text[end] | 0x20 == UInt8(ascii: "e") else { return nil }
        end += 1
        if end < text.count, text[end] == UInt8(ascii: "-") || text[end] == UInt8(ascii: "+") { end += 1 }
        let firstDigit = end
        while end < text.count, text[end].isDigit { end += 1 }
        return end > firstDigit ? end : nil
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}

extension UnsafeRawBufferPointer {
    /// Without white space at either end.
    var trimmed: UnsafeRawBufferPointer {
        var (start, end) = (0, count)
        while start < end, self[start].isSpace { start += 1 }
        while end > start, self[end - 1].isSpace { end -= 1 }
        return self.part(start..<end)
    }

    /// Whether it is that word of ASCII letters in lower case, in whatever case.
    func isWord(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            count == word.count && zip(self, word).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && $1 >= 0x61 }
        }
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
