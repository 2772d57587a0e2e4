public import Telemetry

/// Finds the exact percentiles of any number of readings in little memory, by passing over them several times.
///
/// For windows in which more values differ than a ``Distribution`` holds, while their readings are in the file. Each pass
/// narrows down the bits of the three values wanted, from the highest, by counting how many readings share them.
///
///     var search = PercentileSearch(count: aggregate.count)
///     while search.isOpen {
///         for value in usableValues { search.offer(value) }
///         search.narrow()
///     }
///     aggregate.percentiles = search.percentiles
public struct PercentileSearch: Sendable {
    private let count: Int
    private var offered = 0
    private static let mostReadings = 1 << 53
    private var targets: [Target]

    /// - Parameter count: how many usable readings the window has.
    public init(count: Int) {
        self.count = count
        targets =
            (1...PercentileSearch.mostReadings).contains(count)
            ? [50, 85, 95].map { Target(rank: Percentiles.rank($0, of: count)) } : []
    }

    /// Whether another pass is needed.
    public var isOpen: Bool { targets.contains { $0.knownBits < 64 } }

    /// Takes note of a reading. Every pass needs all of them, in any order.
    public mutating func offer(_ value: Double) {
        guard value.isFinite else { return }
        offered += 1
        let key = PercentileSearch.key(value == 0 ? 0 : value)
        for index in targets.indices { targets[index].offer(key) }
    }

    /// Ends a pass. When it had other readings than expected the search is over, without a result.
    public mutating func narrow() {
        if offered != count { targets = [] }
        offered = 0
        var isSound = true
        for index in targets.indices { isSound = targets[index].narrow() && isSound }
        if !isSound { targets = [] }
    }

    /// Nil while the search is open, and where it failed.
    public var percentiles: Percentiles? {
        guard !isOpen, targets.count == 3 else { return nil }
        let values = targets.map { PercentileSearch.value($0.known) }
        return Percentiles(p50: values[0], p85: values[1], p95: values[2])
    }

    /// The order of finite numbers is that of their bits, negative ones turned round.
    private static func key(_ value: Double) -> UInt64 {
        value.sign == .minus ? ~value.bitPattern : value.bitPattern | 1 << 63
    }

    private static func value(_ key: UInt64) -> Double {
        Double(bitPattern: key >= 1 << 63 ? key & ~(1 << 63) : ~key)
    }

    /// One value that is sought.
    private struct Target: Sendable {
        /// Of it, among the readings that share the known bits, from 1.
        private var rank: Int
        private(set) var known: UInt64 = 0
        private(set) var knownBits = 0
        private var tally: [Int]

        private static let bitsAPass = 11

        init(rank: Int) {
            self.rank = rank
            tally = Array(repeating: 0, count: 1 << Target.bitsAPass)
        }

        private var nextBits: Int { min(Target.bitsAPass, 64 - knownBits) }

        mutating func offer(_ key: UInt64) {
            guard knownBits < 64, knownBits == 0 || key >> UInt64(64 - knownBits) == known else { return }
            let mask = UInt64(1) << UInt64(nextBits) - 1
            tally[Int(key >> UInt64(64 - knownBits - nextBits) & mask)] += 1
        }

        /// - Returns: false when the readings were not those of the pass before.
        mutating func narrow() -> Bool {
            if knownBits == 64 { return true }
            var below = 0
            for (bits, count) in tally.enumerated() {
                if below + count >= rank {
                    rank -= below
                    known = known << UInt64(nextBits) | UInt64(bits)
                    knownBits += nextBits
                    for index in tally.indices { tally[index] = 0 }
                    return true
                }
                below += count
            }
            return false
        }
    }
}
