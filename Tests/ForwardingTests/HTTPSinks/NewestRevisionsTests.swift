import Telemetry
import TestKit
import Testing

@testable import Forwarding

@Suite("What sinks remember and leave out")
struct NewestRevisionsTests {
    @Test func theNewestSpeaksForTheOthers() {
        let series = SensorThingsSinkTests.series()
        let other = SensorThingsSinkTests.series(2, quantity: "no2")
        let rows = [
            PartnerWorld.row(series, 0, revision: 2, value: 1), PartnerWorld.row(other, 0, value: 1),
            PartnerWorld.row(series, 0, revision: 1, value: 1), PartnerWorld.row(series, 1, value: 1),
            PartnerWorld.row(series, 0, revision: 3, value: 1), PartnerWorld.row(series, 0, value: 1, tier: .hour),
        ]
        let newest = NewestRevisions(rows)
        #expect(newest.kept == [1, 3, 4, 5])
        #expect(newest.delivery([1: .taken, 3: .taken, 4: .taken, 5: .taken]) == .allTaken)
        #expect(
            newest.delivery([1: .again("a"), 4: .refused("b")]).outcomes == [
                .refused("b"), .again("a"), .refused("b"), .taken, .refused("b"), .taken,
            ])
    }

    @Test func aCacheKeepsNoMoreThanItMayAndWhatIsUsed() {
        var random = SeededGenerator.fromEnvironment()
        for most in [2, 3, 10, 100] {
            var cache = BoundedCache<Int, Int>(most: most)
            for round in 0..<2000 {
                let key = Int.random(in: 0..<3 * most, using: &random)
                if Bool.random(using: &random) {
                    cache.set(key, round)
                    #expect(cache.value(of: key) == round, "seed \(random.seed)")
                } else if Int.random(in: 0..<10, using: &random) == 0 {
                    cache.remove(key)
                    #expect(cache.peek(key) == nil, "seed \(random.seed)")
                } else {
                    let peeked = cache.peek(key)
                    #expect(cache.value(of: key) == peeked, "seed \(random.seed)")
                }
                #expect(cache.count <= most + 1, "seed \(random.seed)")
            }
        }
        var cache = BoundedCache<Int, Int>(most: 10)
        cache.set(-1, 7)
        for key in 0..<1000 {
            cache.set(key, key)
            #expect(cache.value(of: -1) == 7)
        }
        cache.removeAll()
        #expect(cache.count == 0)
    }
}
