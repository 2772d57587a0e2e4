import Processing
import Storage
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

    private func deliver(_ ids: ClosedRange<UInt16>, to bench: CoreBench) throws {
        for id in ids { try bench.take(4, packetID: id, identity: 1) }
        try bench.commit()
    }

    @Test("recognises whatever the broker still holds, over restarts, however much it is")
    func farBack() throws {
        let bench = try CoreBench(seed: 1)
        try bench.connect(isResumed: false)
        // The broker saw no acknowledgement of all these, and a few of those that came between.
        for part in 0..<40 {
            try deliver(UInt16(part * 50 + 1)...UInt16(part * 50 + 50), to: bench)
            try bench.crash()
            try bench.connect(isResumed: true)
            try deliver(1...UInt16(part * 30 + 1), to: bench)
            try bench.crash()
            try bench.connect(isResumed: true)
            try deliver(1...UInt16(part * 50 + 50), to: bench)
        }
        #expect(try bench.messages().stored == 2000)
        #expect(try bench.rememberedCount() == 2000)
    }

    @Test("forgets in the file as well what cannot come again, once a message is new, of whatever kind")
    func forgotten() throws {
        for isTimed in [false, true] {
            let bench = try CoreBench(seed: 1)
            try bench.connect(isResumed: false)
            try deliver(1...20, to: bench)
            try bench.take([.init(series: 0, time: bench.clock.now, value: 1)], packetID: 21, identity: 2)
            try bench.commit()
            try bench.crash()
            try bench.connect(isResumed: true)
            // It may have come before: it proves nothing.
            try bench.take([.init(series: 0, time: bench.clock.now, value: 1)], packetID: 21, identity: 2)
            try bench.commit()
            #expect(try bench.rememberedCount() == 20)
            bench.clock.advance(milliseconds: 1000)
            if isTimed {
                try bench.take([.init(series: 0, time: bench.clock.now, value: 1)], packetID: 22, identity: 3)
            } else {
                try bench.take(4, packetID: 22, identity: 1)
            }
            try bench.commit()
            #expect(try bench.rememberedCount() == (isTimed ? 0 : 1))
            // The same as before, but the broker counts, and has come round.
            try deliver(1...20, to: bench)
            #expect(try bench.messages().stored == 42)
        }
    }

    @Test("goes on recognising behind a message that a wrong clock keeps unseen, though it was stored before")
    func wrongClock() throws {
        let bench = try CoreBench(seed: 1)
        let offer = CoreBench.Offer(series: 0, time: bench.clock.now, value: 1)
        try bench.connect(isResumed: false)
        try bench.take([offer], packetID: 1, identity: 2)
        try deliver(2...3, to: bench)
        try bench.crash()
        try bench.connect(isResumed: true)
        try bench.take([offer], packetID: 1, identity: 2, isUndated: true)
        try deliver(2...3, to: bench)
        #expect(try bench.messages().duplicate == 2)
    }

    @Test("forgets the session before at once, also when it crashes before the first message of the new one")
    func crashAtBeginning() throws {
        let bench = try CoreBench(seed: 1)
        try bench.connect(isResumed: false)
        try deliver(1...3, to: bench)
        try bench.connect(isResumed: false)
        try bench.crash()
        try bench.connect(isResumed: true)
        try deliver(1...3, to: bench)
        #expect(try bench.messages().stored == 6)
    }

    @Test("recognises what a poort of before remembered, which kept what came again in every batch anew")
    func olderFile() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/poort.db"
        do {
            let store = try Store(path: path)
            try store.addUnacknowledged(batch: 1, entries: [(1, 1), (2, 1), (3, 1)])
            try store.addUnacknowledged(batch: 2, entries: [(1, 1), (2, 1)])
            try store.setState("broker_window", 2000)
            try store.commit()
        }
        let bench = try CoreBench(seed: 1, path: path)
        for _ in 0..<3 {
            try bench.connect(isResumed: true)
            try deliver(1...3, to: bench)
            #expect(try bench.rememberedCount() == 3)
            try bench.crash()
        }
        #expect(try bench.messages().duplicate == 9)
        try bench.connect(isResumed: true)
        try deliver(4...4, to: bench)
        #expect(try bench.messages().stored == 1)
    }

    @Test("keeps little in the file over 200 000 messages, whatever the broker's numbers", arguments: [65_535, 7, 1])
    func bounded(packetIDs: Int) throws {
        let directory = TemporaryDirectory()
        let store = try Store(path: directory.path + "/poort.db")
        var filter = RedeliveryFilter()
        var most = (entries: 0, bytes: Int64(0))
        for number in 0..<200_000 {
            let entry = RedeliveryFilter.Entry(packetID: UInt16(number % packetIDs + 1), identity: UInt32(number))
            // Every tenth carries its own time.
            _ = filter.isRedelivery(entry, needsRecognition: number % 10 != 0)
            // A crowd comes, then a trickle.
            guard number % 1000 == 999 || number >= 199_000 else { continue }
            let change = filter.pendingChange
            if let through = change.removeThrough { try store.removeUnacknowledged(through: through) }
            if let batch = change.added {
                try store.addUnacknowledged(
                    batch: batch.number, entries: batch.entries.map { ($0.packetID, $0.identity) })
            }
            filter.didCommit()
            if number % 20_000 == 19_999 {
                try store.commit()
                let kept = try store.unacknowledged().reduce(0) { $0 + $1.entries.count }
                most = (max(most.entries, kept), max(most.bytes, try store.sizeBytes()))
            }
        }
        let limit = (entries: packetIDs == 65_535 ? 92_000 : 10_000, bytes: packetIDs == 65_535 ? 900_000 : 400_000)
        #expect(most.entries <= limit.entries, "\(most)")
        #expect(most.bytes <= limit.bytes, "\(most)")
    }
}
