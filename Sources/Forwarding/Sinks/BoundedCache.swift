/// What was learnt of a server, and may be forgotten: no more than a number of entries, of which those used least lately go.
struct BoundedCache<Key: Hashable, Value> {
    /// Half of it is the least that is kept.
    let most: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(most: Int) {
        precondition(most >= 2)
        self.most = most
    }

    var count: Int { young.count + old.count }

    /// A use of it.
    mutating func value(of key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        set(key, value)
        return value
    }

    /// Without using it.
    func peek(_ key: Key) -> Value? { young[key] ?? old[key] }

    mutating func set(_ key: Key, _ value: Value) {
        old[key] = nil
        young[key] = value
        if young.count > most / 2 {
            old = young
            young = [:]
        }
    }

    mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
