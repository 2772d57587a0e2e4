import Processing
import TestKit
import Testing

@Suite("UplinkFilter")
struct UplinkFilterTests {
    @Test("knows at least the last uplinks, over restarts, and keeps no more than it must", arguments: 0..<8)
    func likeMemory(round: UInt64) {
        var random = SeededGenerator(seed: 0x0B11 + round)
        let capacity = 50
        var filter = UplinkFilter(capacity: capacity)
        var stored: [UplinkFilter.Batch] = []
        var seen: [UInt64] = []
        for _ in 0..<300 {
            var current: [UInt64] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let again = Int.random(in: 0..<3, using: &random) == 0
                let recent = (seen + current).suffix(capacity)
                let identity = again ? recent.randomElement(using: &random) ?? 1 : random.next()
                let isKnown = filter.isKnown(identity)
                #expect(isKnown == (seen + current).contains(identity), "seed \(random.seed)")
                if !isKnown { current.append(identity) }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                // A crash: what was not committed comes again, and is not known.
                filter = UplinkFilter(capacity: capacity, committed: stored)
                continue
            }
            let change = filter.pendingChange
            if let added = change.added { stored.append(added) }
            if let through = change.removeThrough { stored.removeAll { $0.number <= through } }
            filter.didCommit()
            seen += current
            let kept = stored.reduce(0) { $0 + $1.identities.count }
            #expect(kept <= capacity + 2 * 12 && kept >= min(seen.count, capacity))
            #expect(stored.flatMap(\.identities) == Array(seen.suffix(kept)))
        }
    }
}
