/// The checksum of segments: CRC-32 with Castagnoli's polynomial. Source: RFC 3720, 12.1 and B.4.
enum CRC32C {
    /// Eight tables, so that eight bytes are taken in at once.
    private static let tables: [UInt32] = {
        let polynomial: UInt32 = 0x82F6_3B78
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for index in 0..<256 {
            tables[index] = (0..<8).reduce(UInt32(index)) { rest, _ in
                rest & 1 == 1 ? rest >> 1 ^ polynomial : rest >> 1
            }
        }
        for index in 256..<tables.count {
            let shorter = tables[index - 256]
            tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xFF)]
        }
        return tables
    }()

    /// - Parameter earlier: the checksum of the bytes before these.
    static func checksum(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var checksum = ~earlier
            var index = 0
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(checksum)
                checksum = 0
                for byte in 0..<8 {
                    checksum ^= tables[(7 - byte) << 8 + Int(mixed >> (UInt64(byte) * 8) & 0xFF)]
                }
                index += 8
            }
            while index < bytes.count {
                checksum = checksum >> 8 ^ tables[Int((checksum ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
            return ~checksum
        }
    }
}
