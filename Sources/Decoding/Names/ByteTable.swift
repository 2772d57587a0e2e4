import Telemetry

/// Remembers a value for each name in bytes, and makes no text to find it again.
///
/// Bounded: what comes when it is full is worked out anew each time, since nobody has so many names but by mistake.
struct ByteTable<Value> {
    private var slots: [Int32] = Array(repeating: -1, count: 64)
    private var entries: [(name: [UInt8], hash: UInt64, value: Value)] = []

    private static var maximumCount: Int { 1024 }
    private static var longestName: Int { 128 }

    /// The remembered value, or what `make` gives, which is remembered from then on.
    mutating func value(for name: UnsafeRawBufferPointer, orMake make: () -> Value) -> Value {
        let hash = PayloadIdentity.hash(name, seed: 3)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash, entries[index].name.withUnsafeBytes({ $0.hasSameBytes(as: name) }) {
                return entries[index].value
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let made = make()
        guard entries.count < Self.maximumCount, name.count <= Self.longestName else { return made }
        slots[slot] = Int32(entries.count)
        entries.append((Array(name), hash, made))
        if entries.count * 2 > slots.count { grow() }
        return made
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }
}
