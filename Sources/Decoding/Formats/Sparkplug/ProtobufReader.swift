import Telemetry

/// Reads a protobuf message field by field, without its schema. Source: Protocol Buffers, Encoding.
///
/// Lengths are believed only within the bytes that are there; what nests is read by a reader of its own.
struct ProtobufReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0
    /// The bytes are no message; ``next()`` gives nothing more.
    private(set) var isMalformed = false

    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(UnsafeRawBufferPointer)
        case fixed32(UInt32)
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// - Returns: nil at the end, and where the bytes are no message.
    mutating func next() -> (number: UInt64, value: Value)? {
        guard !isMalformed, position < bytes.count else { return nil }
        guard let key = varint(), key >> 3 > 0, key >> 3 < 1 << 29, let value = value(wireType: key & 7) else {
            isMalformed = true
            return nil
        }
        return (key >> 3, value)
    }

    private mutating func value(wireType: UInt64) -> Value? {
        switch wireType {
        case 0: varint().map(Value.varint)
        case 1: take(8).map { .fixed64(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        case 2: varint().flatMap { Int(exactly: $0) }.flatMap { take($0) }.map(Value.bytes)
        case 5: take(4).map { .fixed32(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
        // Groups, which no schema has used for long.
        default: nil
        }
    }

    private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes.part(position..<(position + count))
    }

    /// Seven bits a byte, the lowest first; ten bytes at most, of the tenth one bit.
    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
