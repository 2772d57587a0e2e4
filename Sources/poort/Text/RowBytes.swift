import Storage
import Telemetry

/// Values as CSV and JSON have them.
extension [UInt8] {
    mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Of a statement's row. Source: RFC 4180; NULL is nothing between the commas, and an empty text `""`.
    mutating func append(csv value: SQLValue) {
        switch value {
        case .null: break
        case .integer(let number): append(String(number))
        case .real(let number): append(csv: number)
        case .text(let bytes): append(csv: bytes)
        case .blob(let bytes): append(hexadecimal: bytes)
        }
    }

    mutating func append(csv number: Double) {
        append(number.isFinite ? JSONLine.number(number) : number > 0 ? "inf" : "-inf")
    }

    mutating func append(csv text: String) {
        var text = text
        text.withUTF8 { append(csv: UnsafeRawBufferPointer($0)) }
    }

    mutating func append(csv text: some Sequence<UInt8>) {
        let start = count
        var isPlain = true
        for byte in text {
            isPlain = isPlain && byte != 0x2C && byte != 0x22 && byte >= 0x20
            append(byte)
        }
        guard !isPlain || start == count || self[start] == 0x20 || self[count - 1] == 0x20 else { return }
        let written = Array(self[start...])
        removeSubrange(start...)
        append(0x22)
        for byte in written {
            if byte == 0x22 { append(0x22) }
            append(byte)
        }
        append(0x22)
    }

    /// Bytes that are no text stand as a string of two hexadecimal digits each.
    mutating func append(json value: SQLValue) {
        switch value {
        case .null: append("null")
        case .integer(let number): append(String(number))
        case .real(let number): append(JSONLine.number(number))
        case .text(let bytes): append(JSONLine.quoted(String(decoding: bytes, as: UTF8.self)))
        case .blob(let bytes):
            append(0x22)
            append(hexadecimal: bytes)
            append(0x22)
        }
    }

    mutating func append(hexadecimal bytes: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in bytes {
            append(digits[Int(byte >> 4)])
            append(digits[Int(byte & 0xF)])
        }
    }
}
