/// Recognises uplinks that a LoRaWAN network server delivers a second time, as a message of its own and with other times.
///
/// Network servers do so when a gateway's copy arrives after they have looked for copies, and after their own restarts.
/// The network's identity of an uplink tells (The Things Stack: session key and frame counter; ChirpStack:
/// deduplication id). The last ones are remembered, on disk, in the transaction that stores what they carried.
public struct UplinkFilter: Sendable {
    /// One commit's identities, under the number by which storage keeps them.
    public struct Batch: Hashable, Sendable {
        public var number: Int64
        public var identities: [UInt64]

        public init(number: Int64, identities: [UInt64]) {
            self.number = number
            self.identities = identities
        }
    }

    private let capacity: Int
    private var committed: [Batch]
    private var committedCount: Int
    private var current: [UInt64] = []
    private var known: Set<UInt64>
    /// Those that are known, in their order, from ``oldest`` on. Which these are must not depend on when commits were.
    private var order: [UInt64]
    private var oldest = 0
    private var nextNumber: Int64

    /// - Parameters:
    ///   - capacity: how many are remembered, a day or more of a street's uplinks.
    ///   - committed: what storage kept, oldest first.
    public init(capacity: Int = 16_384, committed: [Batch] = []) {
        self.capacity = capacity
        self.committed = committed
        committedCount = committed.reduce(0) { $0 + $1.identities.count }
        order = Array(committed.flatMap(\.identities).suffix(capacity))
        known = Set(order)
        nextNumber = (committed.last?.number ?? 0) + 1
    }

    /// Takes note of an uplink.
    /// - Returns: whether it came before.
    public mutating func isKnown(_ identity: UInt64) -> Bool {
        guard known.insert(identity).inserted else { return true }
        current.append(identity)
        order.append(identity)
        if order.count - oldest > capacity { forgetOldest() }
        return false
    }

    private mutating func forgetOldest() {
        known.remove(order[oldest])
        oldest += 1
        if oldest > capacity {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    /// What the commit of the current transaction has to write; then call ``didCommit()``.
    public var pendingChange: (added: Batch?, removeThrough: Int64?) {
        if current.isEmpty { return (nil, nil) }
        let removable = removableCount
        return (
            Batch(number: nextNumber, identities: current), removable > 0 ? committed[removable - 1].number : nil
        )
    }

    /// The transaction with ``pendingChange`` is committed.
    public mutating func didCommit() {
        if current.isEmpty { return }
        let removable = removableCount
        for batch in committed.prefix(removable) { committedCount -= batch.identities.count }
        committed.removeFirst(removable)
        committed.append(Batch(number: nextNumber, identities: current))
        committedCount += current.count
        nextNumber += 1
        current.removeAll(keepingCapacity: true)
    }

    /// How many of the oldest batches are not needed once the current one is committed.
    private var removableCount: Int {
        var kept = committedCount + current.count
        var count = 0
        while count < committed.count, kept - committed[count].identities.count >= capacity {
            kept -= committed[count].identities.count
            count += 1
        }
        return count
    }
}
