/// Whole numbers one behind the other, little-endian, for a BLOB.
enum PackedIntegers {
    static func encode<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    }

    /// Bytes at the end that make no whole number are left out.
    static func decode<Number: FixedWidthInteger>(_ bytes: [UInt8]) -> [Number] {
        let size = MemoryLayout<Number>.size
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map {
                Number(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Number.self))
            }
        }
    }
}
