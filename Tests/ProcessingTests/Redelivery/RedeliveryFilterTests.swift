import Processing
import Testing

@Suite("RedeliveryFilter")
struct RedeliveryFilterTests {
    private func entry(_ packetID: Int, _ identity: UInt32 = 7) -> RedeliveryFilter.Entry {
        RedeliveryFilter.Entry(packetID: UInt16(packetID), identity: identity)
    }

    /// Passes on a message that needs recognition and whose reading is stored if it is new.
    private func isKnown(_ filter: inout RedeliveryFilter, _ entry: RedeliveryFilter.Entry) -> Bool {
        if filter.isRedelivery(entry, needsRecognition: true) { return true }
        filter.wasNew()
        return false
    }

    /// Passes on one that carries its own time, or is let go by rule.
    private func pass(_ filter: inout RedeliveryFilter, _ packetID: Int, isNew: Bool = false) {
        let isRedelivery = filter.isRedelivery(entry(packetID, 9), needsRecognition: false)
        #expect(!isRedelivery)
        if isNew { filter.wasNew() }
    }

    private func resume(_ filter: inout RedeliveryFilter) {
        filter.didCommit()
        filter.connectionOpened(isResumed: true)
    }

    @Test("recognises what was committed but not acknowledged when a session is resumed")
    func recognisesRedelivery() {
        var filter = RedeliveryFilter()
        filter.connectionOpened(isResumed: true)
        #expect(!isKnown(&filter, entry(1)))
        #expect(!isKnown(&filter, entry(2)))
        resume(&filter)
        #expect(isKnown(&filter, entry(1)))
        #expect(isKnown(&filter, entry(2)))
        #expect(!isKnown(&filter, entry(3)))
    }

    @Test("takes the same value under another packet id as a new message")
    func newPacketIDIsNew() {
        var filter = RedeliveryFilter()
        #expect(!isKnown(&filter, entry(1)))
        resume(&filter)
        #expect(!isKnown(&filter, entry(2)))
    }

    @Test("forgets what must have been acknowledged once a new message comes, of whatever kind")
    func firstNewMessageEndsRedelivery() {
        for isTimed in [false, true] {
            var filter = RedeliveryFilter()
            _ = isKnown(&filter, entry(1))
            resume(&filter)
            if isTimed { pass(&filter, 9, isNew: true) } else { #expect(!isKnown(&filter, entry(9))) }
            #expect(!isKnown(&filter, entry(1)), "packet id 1 was used again for an equal payload")
        }
    }

    @Test("goes on over messages that may have come before: nothing of them was stored")
    func unclear() {
        var filter = RedeliveryFilter()
        pass(&filter, 1)
        _ = isKnown(&filter, entry(2))
        resume(&filter)
        pass(&filter, 1)
        // Put aside by a clock that was right when it came first.
        _ = filter.isRedelivery(entry(3), needsRecognition: true)
        #expect(isKnown(&filter, entry(2)))
    }

    @Test("takes an id that comes a second time on a connection for a new message")
    func secondUse() {
        var filter = RedeliveryFilter()
        _ = isKnown(&filter, entry(1))
        _ = isKnown(&filter, entry(2))
        resume(&filter)
        #expect(isKnown(&filter, entry(1)))
        #expect(!isKnown(&filter, entry(1)))
        #expect(!isKnown(&filter, entry(2)), "all that is sent again comes before what is new")
    }

    @Test("forgets all up to the message whose id another has, also one that needs no recognition")
    func reusedID() {
        for isTimed in [false, true] {
            var filter = RedeliveryFilter()
            for id in 1...3 { #expect(!isKnown(&filter, entry(id, UInt32(id)))) }
            if isTimed { pass(&filter, 2) } else { _ = isKnown(&filter, entry(2, 8)) }
            #expect(filter.progress.acknowledged == 2)
            filter.didCommit()
            var restarted = RedeliveryFilter(
                progress: filter.progress, committed: [.init(number: 3, entries: (1...3).map { entry($0, UInt32($0)) })]
            )
            restarted.connectionOpened(isResumed: true)
            #expect(isKnown(&restarted, entry(3, 3)))
            #expect(!isKnown(&restarted, entry(1, 1)))
        }
    }

    @Test("recognises an old message in what a clock or a configuration no longer has recognised")
    func noLongerRecognised() {
        var filter = RedeliveryFilter()
        _ = isKnown(&filter, entry(1))
        _ = isKnown(&filter, entry(2))
        resume(&filter)
        let isKnownOtherwise = filter.isRedelivery(entry(1), needsRecognition: false)
        #expect(isKnownOtherwise)
        #expect(isKnown(&filter, entry(2)))
    }

    @Test("forgets everything when the broker kept no session")
    func newSession() {
        var filter = RedeliveryFilter()
        _ = isKnown(&filter, entry(1))
        filter.didCommit()
        filter.connectionOpened(isResumed: false)
        #expect(filter.pendingChange.removeThrough == 1)
        #expect(!isKnown(&filter, entry(1)))
    }

    @Test("recognises every message until the one that may have its id again, whatever lies between")
    func wholeRange() {
        for betweenCount in [65_532, 65_533, 65_534] {
            var filter = RedeliveryFilter()
            _ = isKnown(&filter, entry(1))
            for index in 0..<betweenCount {
                let id = index + 2
                if index % 3 == 0 { pass(&filter, id) } else { _ = isKnown(&filter, entry(id)) }
            }
            resume(&filter)
            // A broker that counts sends the 65 536th message under id 1, perhaps the first after a resumption.
            #expect(isKnown(&filter, entry(1)) == (betweenCount < 65_534))
        }
    }

    @Test("numbers what comes again only once, however often it comes")
    func redeliveriesAreNotCounted() {
        var filter = RedeliveryFilter()
        _ = isKnown(&filter, entry(1))
        for id in 2...1000 { pass(&filter, id) }
        for _ in 0..<100 {
            resume(&filter)
            #expect(isKnown(&filter, entry(1)))
            for id in 2...1000 { pass(&filter, id) }
        }
        #expect(filter.progress.received == 1000)
    }

    @Test("is not misled by messages that need recognition under the present configuration alone")
    func reconfigured() {
        for isReconfigured in [false, true] {
            var filter = RedeliveryFilter()
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

    @Test("writes what a commit took in, and how many came between, and removes it when none of it is needed")
    func change() {
        var filter = RedeliveryFilter()
        pass(&filter, 1)
        _ = isKnown(&filter, entry(2))
        pass(&filter, 3)
        pass(&filter, 4)
        _ = isKnown(&filter, entry(5))
        pass(&filter, 6)
        #expect(filter.pendingChange.added == .init(number: 5, entries: [entry(2), entry(0, 2), entry(5)]))
        filter.didCommit()
        pass(&filter, 5)
        #expect(filter.pendingChange.added == nil)
        #expect(filter.pendingChange.removeThrough == 5)
    }
}
