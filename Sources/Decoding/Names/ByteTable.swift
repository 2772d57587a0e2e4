import Telemetry

/// Remembers a value for each name in bytes, and makes no text to find it again.
///
/// Bounded: what comes when it is full is worked out anew each time, since nobody has so many names but by mistake.
struct ByteTable<Value> {
    private var slots = HashSlots(capacity: 64)
    private var entries: [(name: [UInt8], value: Value)] = []

    private static var maximumCount: Int { 1024 }
    private static var longestName: Int { 128 }

    /// The remembered value, or what `make` gives, which is remembered from then on.
    mutating func value(for name: UnsafeRawBufferPointer, orMake make: () -> Value) -> Value {
        let hash = PayloadIdentity.hash(name, seed: 3)
        let known = slots.find(hash) { entries[$0].name.withUnsafeBytes { $0.hasSameBytes(as: name) } }
        if let known { return entries[known].value }
        let made = make()
        guard entries.count < Self.maximumCount, name.count <= Self.longestName else { return made }
        slots.add(hash)
        entries.append((Array(name), made))
        return made
    }
}
