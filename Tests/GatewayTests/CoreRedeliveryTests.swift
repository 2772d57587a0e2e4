import Telemetry
import TestKit
import Testing

@testable import Gateway

/// What the broker delivers again counts once, also where only packet id and payload can tell.
@Suite("Core and redeliveries")
struct CoreRedeliveryTests {
    private func deliverTwice(isResumed: Bool, crash: Bool) throws -> LedgerCounts {
        let bench = try CoreBench(seed: 1)
        try bench.connect(isResumed: false)
        try bench.take(4, packetID: 7, identity: 0xABCD)
        try bench.commit()
        if crash { try bench.crash() }
        bench.clock.advance(milliseconds: 1000)
        try bench.connect(isResumed: isResumed)
        try bench.take(4, packetID: 7, identity: 0xABCD)
        try bench.commit()
        return try bench.messages()
    }

    @Test("recognises what it has committed when the session is resumed, also after a crash", arguments: [false, true])
    func resumed(crash: Bool) throws {
        let messages = try deliverTwice(isResumed: true, crash: crash)
        #expect(messages.stored == 1)
        #expect(messages.duplicate == 1)
    }

    @Test("takes the same packet id and payload in a new session for a new message", arguments: [false, true])
    func newSession(crash: Bool) throws {
        let messages = try deliverTwice(isResumed: false, crash: crash)
        #expect(messages.stored == 2)
        #expect(messages.duplicate == 0)
    }

    @Test("remembers eight windows' worth of messages in the file, and not more and more")
    func bounded() throws {
        let bench = try CoreBench(seed: 1, brokerWindow: 3)
        try bench.connect(isResumed: false)
        for id in 1...80 {
            try bench.take(4, packetID: UInt16(id), identity: 1)
            try bench.commit()
        }
        #expect((24...25).contains(try bench.rememberedCount()))
    }

    @Test("recognises all that a wider window let the broker send, over restarts under a narrower one")
    func narrowedWindow() throws {
        let bench = try CoreBench(seed: 1, brokerWindow: 6)
        func deliver(_ ids: ClosedRange<UInt16>) throws {
            for id in ids { try bench.take(4, packetID: id, identity: 1) }
            try bench.commit()
        }
        try bench.connect(isResumed: false)
        try deliver(1...6)
        // The broker saw no acknowledgement of these, and none of the first two that it sends again.
        for _ in 0..<2 {
            try bench.crash(brokerWindow: 2)
            try bench.connect(isResumed: true)
            try deliver(1...2)
        }
        try deliver(3...6)
        #expect(try bench.messages().stored == 6)
        try bench.connect(isResumed: false)
        try deliver(1...2)
        try deliver(3...4)
        #expect(try bench.rememberedCount() <= 4, "a new session begins with the narrow window")
    }
}
