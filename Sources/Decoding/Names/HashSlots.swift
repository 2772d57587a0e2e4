/// Where entries lie by the hash of their names: open addressing, never more than half full. Entries are numbered from 0 in
/// the order in which they are added, and never removed.
struct HashSlots {
    private var slots: [Int32]
    private var hashes: [UInt64] = []

    /// - Parameter capacity: a power of two.
    init(capacity: Int) {
        slots = Array(repeating: -1, count: capacity)
    }

    /// The number of the entry of that hash whose name it is.
    @inline(__always)
    func find(_ hash: UInt64, isEntry: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = Int(slots[slot])
            if hashes[entry] == hash, isEntry(entry) { return entry }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Enters the next entry, which must not be there yet.
    mutating func add(_ hash: UInt64) {
        hashes.append(hash)
        if hashes.count * 2 > slots.count {
            slots = Array(repeating: -1, count: slots.count * 2)
            for (entry, hash) in hashes.enumerated() { place(entry, hash) }
        } else {
            place(hashes.count - 1, hash)
        }
    }

    private mutating func place(_ entry: Int, _ hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(entry)
    }
}
