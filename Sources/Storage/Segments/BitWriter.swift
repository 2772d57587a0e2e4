/// Bits one behind the other, the lowest first.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingCount = 0

    /// - Parameter width: 0 to 64; what `bits` has above it is left out.
    @inline(__always)
    mutating func write(_ bits: UInt64, width: Int) {
        guard width <= 32 else {
            writeShort(bits & 0xFFFF_FFFF, width: 32)
            writeShort(bits >> 32, width: width - 32)
            return
        }
        writeShort(bits, width: width)
    }

    @inline(__always)
    private mutating func writeShort(_ bits: UInt64, width: Int) {
        // Less than 32 bits are pending, so there is room.
        pending |= (bits & (1 << UInt64(width) &- 1)) << UInt64(pendingCount)
        pendingCount += width
        if pendingCount >= 32 {
            let word = UInt32(truncatingIfNeeded: pending)
            bytes.append(UInt8(truncatingIfNeeded: word))
            bytes.append(UInt8(truncatingIfNeeded: word >> 8))
            bytes.append(UInt8(truncatingIfNeeded: word >> 16))
            bytes.append(UInt8(truncatingIfNeeded: word >> 24))
            pending >>= 32
            pendingCount -= 32
        }
    }

    /// Fills the last byte with zeros.
    mutating func finish() -> [UInt8] {
        while pendingCount > 0 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
        pendingCount = 0
        return bytes
    }
}
