/// Reads what a ``BitWriter`` wrote. Beyond the end there are zeros, and ``hasOverrun`` says that they were asked for.
///
/// Borrows the bytes: they must stay where they are while it is used.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int
    private(set) var hasOverrun = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
        end = bytes.count * 8
    }

    /// - Parameter width: 0 to 64.
    @inline(__always)
    mutating func read(width: Int) -> UInt64 {
        guard width <= 56 else {
            let low = readShort(width: 32)
            return low | readShort(width: width - 32) << 32
        }
        return readShort(width: width)
    }

    /// How many ones come before the next zero, which is passed over; at most so many, behind which no zero is.
    @inline(__always)
    mutating func readOnes(limit: Int) -> Int {
        let ones = min((~word()).trailingZeroBitCount, limit)
        advance(ones < limit ? ones + 1 : ones)
        return ones
    }

    /// Whether nothing but the rest of the last byte is left.
    var isAtEnd: Bool { !hasOverrun && end - position < 8 }

    @inline(__always)
    private mutating func readShort(width: Int) -> UInt64 {
        let bits = word() & (1 << UInt64(width) &- 1)
        advance(width)
        return bits
    }

    @inline(__always)
    private mutating func advance(_ width: Int) {
        position += width
        if position > end {
            position = end
            hasOverrun = true
        }
    }

    /// At least the next 57 bits.
    @inline(__always)
    private func word() -> UInt64 {
        let index = position >> 3
        guard index + 8 <= bytes.count else { return lastWord(from: index) }
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        return word >> UInt64(position & 7)
    }

    private func lastWord(from index: Int) -> UInt64 {
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for index in index..<bytes.count {
            word |= UInt64(bytes[index]) << shift
            shift += 8
        }
        return word >> UInt64(position & 7)
    }
}
