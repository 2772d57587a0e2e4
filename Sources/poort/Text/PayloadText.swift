/// A payload for a person: as text where it is text, else byte by byte.
enum PayloadText {
    static func lines(_ payload: [UInt8]) -> [String] {
        guard let text = String(validating: payload, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ TerminalText.isPlain($0) || "\n\r\t".unicodeScalars.contains($0) })
        else { return hexadecimal(payload) }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.filter { $0 != "\r" }) }
    }

    /// Sixteen bytes a line: where they begin, their values, and what is ASCII of them.
    private static func hexadecimal(_ payload: [UInt8]) -> [String] {
        stride(from: 0, to: payload.count, by: 16).map { start in
            let bytes = payload[start...].prefix(16)
            let values = bytes.map { hexadecimal(Int($0), digits: 2) }.joined(separator: " ")
            let padding = String(repeating: " ", count: 47 - values.count)
            let ascii = bytes.map { (0x20...0x7E).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            return "\(hexadecimal(start, digits: 6))  \(values)\(padding)  \(ascii)"
        }
    }

    private static func hexadecimal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
