extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isUpper: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isAlphanumeric: Bool { isDigit || isLetter }
    var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
    /// What a hexadecimal digit is after it was masked, too.
    var isMaskedHexDigit: Bool { isHexDigit || self | 0x20 == UInt8(ascii: "x") }
    var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }
    var lowercased: UInt8 { isUpper ? self | 0x20 : self }

    /// What stands for it where it is masked.
    var masked: UInt8 { isDigit ? UInt8(ascii: "0") : isLetter ? UInt8(ascii: "x") : self }
}

extension UnsafeRawBufferPointer {
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }
}
