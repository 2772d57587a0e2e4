/// A fingerprint of a message, the same in every process; not Swift's own hash, whose seed changes.
public enum PayloadIdentity {
    /// 64 bits over topic and payload, eight bytes at a step.
    public static func hash(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) -> UInt64 {
        var state = mix(0x9E37_79B9_7F4A_7C15, UInt64(topic.count))
        state = add(topic, to: state)
        state = mix(state, UInt64(payload.count))
        return mix(add(payload, to: state), 0xD6E8_FEB8_6659_FD93)
    }

    /// The upper half of ``hash(topic:payload:)``.
    public static func short(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: hash(topic: topic, payload: payload) >> 32)
    }

    /// What tells an uplink of a device; never 0.
    static func network(_ device: UnsafeRawBufferPointer, _ session: UnsafeRawBufferPointer, counter: UInt64) -> UInt64
    {
        max(1, hash(session, seed: hash(device, seed: mix(2, counter))))
    }

    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        mix(add(bytes, to: mix(seed, UInt64(bytes.count))), 0xD6E8_FEB8_6659_FD93)
    }

    private static func add(_ bytes: UnsafeRawBufferPointer, to start: UInt64) -> UInt64 {
        var state = start
        var offset = 0
        while offset + 8 <= bytes.count {
            state = mix(state, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            rest |= UInt64(bytes[offset]) << shift
            shift += 8
            offset += 1
        }
        return mix(state, rest)
    }

    /// The two halves of a 128-bit product, folded: a well-mixing step of two instructions.
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low ^ 0xE703_7ED1_A0B4_28DB
    }
}
