import Processing
import TestKit
import Testing

@Suite("RedeliveryFilter")
struct RedeliveryFilterTests {
    private func entry(_ packetID: Int, _ identity: UInt32 = 7) -> RedeliveryFilter.Entry {
        RedeliveryFilter.Entry(packetID: UInt16(packetID), identity: identity)
    }

    private func isKnown(_ filter: inout RedeliveryFilter, _ entry: RedeliveryFilter.Entry) -> Bool {
        filter.isRedelivery(entry)
    }

    @Test("recognises what was committed but not acknowledged when a session is resumed")
    func recognisesRedelivery() {
        var filter = RedeliveryFilter(window: 10)
        filter.connectionOpened(isResumed: true)
        #expect(!isKnown(&filter, entry(1)))
        #expect(!isKnown(&filter, entry(2)))
        filter.didCommit()
        filter.connectionOpened(isResumed: true)
        #expect(isKnown(&filter, entry(1)))
        #expect(isKnown(&filter, entry(2)))
        #expect(!isKnown(&filter, entry(3)))
    }

    @Test("takes the same value under another packet id as a new message")
    func newPacketIDIsNew() {
        var filter = RedeliveryFilter(window: 10)
        #expect(!isKnown(&filter, entry(1)))
        filter.didCommit()
        filter.connectionOpened(isResumed: true)
        #expect(!isKnown(&filter, entry(2)))
    }

    @Test("forgets what must have been acknowledged once a new message comes")
    func firstNewMessageEndsRedelivery() {
        var filter = RedeliveryFilter(window: 10)
        _ = filter.isRedelivery(entry(1))
        filter.didCommit()
        filter.connectionOpened(isResumed: true)
        #expect(!isKnown(&filter, entry(9)))
        #expect(!isKnown(&filter, entry(1)), "packet id 1 was used again for an equal payload")
    }

    @Test("forgets everything when the broker kept no session")
    func newSession() {
        var filter = RedeliveryFilter(window: 10)
        _ = filter.isRedelivery(entry(1))
        filter.didCommit()
        filter.connectionOpened(isResumed: false)
        #expect(filter.pendingChange.removeThrough == 1)
        #expect(!isKnown(&filter, entry(1)))
    }

    @Test("remembers as many as a window that was widened meanwhile may hold, and forgets none when it is narrowed")
    func widened() {
        var filter = RedeliveryFilter(window: 2)
        filter.configure(window: 5)
        filter.configure(window: 1)
        for number in 1...5 {
            _ = filter.isRedelivery(entry(number))
            filter.didCommit()
        }
        filter.connectionOpened(isResumed: true)
        let known = (1...5).map { isKnown(&filter, entry($0)) }
        #expect(known == [true, true, true, true, true])
    }

    @Test("goes on remembering under a window of before the start, until the broker has a new session")
    func narrowedBetween() {
        let committed = (1...5).map { RedeliveryFilter.Batch(number: Int64($0), entries: [entry($0)]) }
        var filter = RedeliveryFilter(window: 2, earlierWindow: 5, committed: committed)
        filter.connectionOpened(isResumed: true)
        #expect(filter.pendingChange.removeThrough == nil)
        #expect(filter.window == 5)
        filter.connectionOpened(isResumed: false)
        #expect(filter.window == 2)
    }

    /// A model of a broker with a window, that loses the connection and the gateway at random moments.
    @Test("stores every message once over crashes and lost connections", arguments: 0..<200)
    func survivesAnyCrash(round: UInt64) {
        var random = SeededGenerator(seed: 0xF117E4 + round)
        let window = Int.random(in: 1...20, using: &random)
        let total = 300
        var disk: [RedeliveryFilter.Batch] = []
        var stored: [Int] = []
        var acknowledged = 0
        var sessionExists = false
        while acknowledged < total {
            var filter = RedeliveryFilter(window: window, committed: disk)
            filter.connectionOpened(isResumed: sessionExists)
            sessionExists = true
            var next = acknowledged
            var confirmed = acknowledged
            connection: while true {
                var batch: [Int] = []
                let batchSize = Int.random(in: 1...window, using: &random)
                while batch.count < batchSize, next < total, next - confirmed < window {
                    // Packet ids wrap as early as they may, to make confusion likely.
                    let ids = 2 * RedeliveryFilter.rememberedWindows * window
                    let isKnown = filter.isRedelivery(entry(next % ids + 1, UInt32(next % 3)))
                    if !isKnown { batch.append(next) }
                    next += 1
                }
                if Int.random(in: 0..<8, using: &random) == 0 { break connection }
                let change = filter.pendingChange
                if let through = change.removeThrough { disk.removeAll { $0.number <= through } }
                if let added = change.added { disk.append(added) }
                stored += batch
                filter.didCommit()
                if Int.random(in: 0..<8, using: &random) == 0 { break connection }
                // The acknowledgements are written; the broker may see only some of them before it is cut off.
                confirmed = next
                acknowledged = Int.random(in: acknowledged...confirmed, using: &random)
                if Int.random(in: 0..<8, using: &random) == 0 { break connection }
                acknowledged = confirmed
                if acknowledged == total { break connection }
            }
        }
        #expect(stored == Array(0..<total))
    }

    @Test(
        "takes nothing for a redelivery behind eight windows' worth of messages, of whatever kind",
        arguments: [false, true])
    func behindTheWindow(isReconfigured: Bool) {
        let limit = 3 * RedeliveryFilter.rememberedWindows
        for count in [limit - 1, limit] {
            var filter = RedeliveryFilter(window: 3)
            #expect(!isKnown(&filter, entry(1)))
            filter.didCommit()
            if isReconfigured { filter.didReconfigure() }
            filter.connectionOpened(isResumed: true)
            for _ in 0..<count { filter.passed() }
            // Packet ids begin anew at some time, and a parking place is free most of the time.
            #expect(isKnown(&filter, entry(1)) == (count < limit))
        }
    }

    @Test("is not misled by messages that need recognition under the present configuration alone")
    func reconfigured() {
        for isReconfigured in [false, true] {
            var filter = RedeliveryFilter(window: 3)
            filter.connectionOpened(isResumed: false)
            #expect(!isKnown(&filter, entry(2)))
            filter.didCommit()
            if isReconfigured { filter.didReconfigure() }
            filter.connectionOpened(isResumed: true)
            // It was taken in before, too, but did not need to be recognised then.
            #expect(!isKnown(&filter, entry(1)))
            #expect(isKnown(&filter, entry(2)) == isReconfigured)
            // It is forgotten once it came.
            for id in 3...6 { #expect(!isKnown(&filter, entry(id))) }
            #expect(!isKnown(&filter, entry(2)))
        }
    }
}
