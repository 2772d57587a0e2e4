/// Reads whole bytes and numbers of variable length. Beyond the end there are zeros, and ``hasOverrun`` says so.
///
/// Borrows the bytes: they must stay where they are while it is used.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private(set) var hasOverrun = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else {
            hasOverrun = true
            return 0
        }
        position += 1
        return bytes[position - 1]
    }

    /// Little-endian.
    mutating func word() -> UInt64 {
        guard let part = take(8) else { return 0 }
        return UInt64(littleEndian: part.loadUnaligned(as: UInt64.self))
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow. Source: LEB128, as in DWARF 4, 7.6.
    mutating func varint() -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = byte()
            number |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return number }
        }
        hasOverrun = true
        return 0
    }

    /// A number of either sign.
    mutating func zigzag() -> Int64 { Zigzag.decode(varint()) }

    /// The next so many bytes, which are passed over; nil where there are not so many.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= remaining else {
            hasOverrun = true
            return nil
        }
        position += count
        return UnsafeRawBufferPointer(rebasing: bytes[(position - count)..<position])
    }

    mutating func takeRest() -> UnsafeRawBufferPointer {
        take(remaining) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

/// Numbers of either sign as numbers without one, small ones as small ones: 0, -1, 1, -2, 2 …
enum Zigzag {
    @inline(__always)
    static func encode(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }

    @inline(__always)
    static func decode(_ code: UInt64) -> Int64 { Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1) }
}

extension [UInt8] {
    /// Seven bits a byte, as ``ByteReader/varint()`` reads them.
    mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(zigzag number: Int64) { append(varint: Zigzag.encode(number)) }

    mutating func append(word: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}
