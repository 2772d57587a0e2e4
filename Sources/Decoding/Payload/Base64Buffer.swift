/// Bytes that a payload writes as base64, into room that it keeps. One thread; what it returns is valid until the next
/// call. Source: RFC 4648, 4.
final class Base64Buffer {
    private let room: UnsafeMutableRawBufferPointer

    /// - Parameter capacity: the most bytes that are of use; longer texts are none.
    init(capacity: Int) {
        room = .allocate(byteCount: capacity, alignment: 1)
    }

    deinit { room.deallocate() }

    /// - Returns: nil for what is not base64 or is too long. Padding may be left out, but not half of it.
    func decode(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let digits = Base64Buffer.digitCount(text) else { return nil }
        let count = digits * 3 / 4
        guard digits % 4 != 1, count <= room.count else { return nil }
        var bits: UInt32 = 0
        var written = 0
        for index in 0..<digits {
            guard let digit = Base64Buffer.value(text[index]) else { return nil }
            bits = bits << 6 | digit
            if index % 4 > 0 {
                // Six bits a digit: after 2, 3 and 4 digits there are 4, 2 and 0 bits more than whole bytes.
                room[written] = UInt8(truncatingIfNeeded: bits >> UInt32(6 - index % 4 * 2))
                written += 1
            }
        }
        // A text that was cut leaves bits behind that belong to no byte. RFC 4648, 3.5.
        let rest = digits % 4
        if rest > 0, bits & (rest == 2 ? 0xF : 0x3) != 0 { return nil }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
    }

    private static func digitCount(_ text: UnsafeRawBufferPointer) -> Int? {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        return count == text.count || text.count % 4 == 0 ? count : nil
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
