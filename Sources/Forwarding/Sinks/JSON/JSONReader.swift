/// Reads what servers answer: strict JSON, no deeper and with no more values than is sane, so that no answer fills the
/// memory or the stack. Source: RFC 8259.
struct JSONReader {
    /// Where it went wrong, for a technician.
    struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// In bytes from the beginning.
        var offset: Int
        var cause: String

        var description: String { "no JSON at byte \(offset): \(cause)" }
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var valuesLeft: Int
    private let deepest: Int

    /// - Parameters:
    ///   - deepest: how many arrays and objects may lie in each other.
    ///   - mostValues: how many values there may be in all.
    static func read(
        _ bytes: [UInt8], deepest: Int = 64, mostValues: Int = 200_000
    ) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes: bytes, valuesLeft: mostValues, deepest: deepest)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.failure("something follows the value") }
        return value
    }

    private init(bytes: [UInt8], valuesLeft: Int, deepest: Int) {
        self.bytes = bytes
        self.valuesLeft = valuesLeft
        self.deepest = deepest
    }

    private func failure(_ cause: String) -> Failure { Failure(offset: offset, cause: cause) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        skipSpace()
        guard valuesLeft > 0 else { throw failure("too many values") }
        valuesLeft -= 1
        guard let next else { throw failure("it ends too early") }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure("no value begins so")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[offset...].starts(with: expected) else { throw failure("no value begins so") }
        offset += expected.count
        return value
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        guard depth < deepest else { throw failure("too deep") }
        offset += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(values) }
            guard take(UInt8(ascii: ",")) else { throw failure("a , or ] is missing") }
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        guard depth < deepest else { throw failure("too deep") }
        offset += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a name is missing") }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("a : is missing") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("a , or } is missing") }
        }
    }

    // MARK: - Numbers

    private mutating func digits() -> Int {
        let start = offset
        while let byte = next, byte >= 0x30, byte <= 0x39 { offset += 1 }
        return offset - start
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        let begins = offset
        let count = digits()
        guard count > 0, count == 1 || bytes[begins] != 0x30 else { throw failure("no number is written so") }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits() > 0 else { throw failure("no number is written so") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw failure("no number is written so") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else { throw failure("a number is too large") }
        // `1e3` and `1.0` are whole as well.
        if abs(number) < 0x1p54, let whole = Int64(exactly: number) { return .integer(whole) }
        return .number(number)
    }

    // MARK: - Strings

    private mutating func string() throws(Failure) -> String {
        offset += 1
        var text: [UInt8] = []
        while true {
            guard let byte = next else { throw failure("a string has no end") }
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("a string is no UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escaped()
            case 0..<0x20: throw failure("a string holds a control character")
            default: text.append(byte)
            }
        }
    }

    private mutating func escaped() throws(Failure) -> [UInt8] {
        guard let byte = next else { throw failure("a string has no end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try character()
        default: throw failure("no character is escaped so")
        }
    }

    /// Behind `\u`. Halves of a pair without the other stand for nothing, and become U+FFFD as in most readers.
    private mutating func character() throws(Failure) -> [UInt8] {
        let first = try hex()
        if first & 0xFC00 == 0xD800, next == UInt8(ascii: "\\"), offset + 1 < bytes.count,
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let before = offset
            offset += 2
            let second = try hex()
            if second & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
            {
                return Array(String(scalar).utf8)
            }
            offset = before
        }
        return Array(String(Unicode.Scalar(first) ?? "\u{FFFD}").utf8)
    }

    private mutating func hex() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("\\u wants four hexadecimal digits")
            }
            offset += 1
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
