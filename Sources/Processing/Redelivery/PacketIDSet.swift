/// Packet ids, in 8 KiB.
struct PacketIDSet: Sendable {
    private var words = [UInt64](repeating: 0, count: 1024)

    /// - Returns: whether it was not there yet.
    mutating func insert(_ id: UInt16) -> Bool {
        let bit: UInt64 = 1 << UInt64(id & 63)
        defer { words[Int(id >> 6)] |= bit }
        return words[Int(id >> 6)] & bit == 0
    }
}
