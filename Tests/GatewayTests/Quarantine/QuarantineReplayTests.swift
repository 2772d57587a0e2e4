import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// What was put aside goes through again exactly once, whatever happens meanwhile.
@Suite("Replay out of quarantine")
struct QuarantineReplayTests {
    private let directory = TemporaryDirectory()
    private func bench() throws -> QuarantineBench { try QuarantineBench(path: directory.file("poort.db")) }

    @Test("stores what the configuration has learnt to read, at the time at which it came")
    func wholeMessage() throws {
        let bench = try bench()
        let received = bench.clock.now
        try bench.deliver("s/stranger", #"{"temperature":1,"humidity":2}"#)
        try bench.commit()
        #expect(try bench.stored().isEmpty)
        bench.reload(QuarantineBench.right)
        bench.clock.advance(milliseconds: 3_600_000)
        try bench.replay()
        try bench.commit()
        #expect(try bench.stored() == ["stranger/humidity=2", "stranger/temperature=1"])
        var times: Set<Timestamp> = []
        try bench.store.reader.readings(in: .distantPast..<(.distantFuture)) { times.insert($0.time).inserted || true }
        #expect(times == [received])
        let ledger = try bench.ledger()
        #expect(ledger.messages.received == 1 && ledger.messages.stored == 1 && ledger.messages.quarantined == 0)
        #expect(ledger.readings.received == 2 && ledger.readings.stored == 2)
        #expect(try bench.isBalanced)
        #expect(bench.core.replayed.stored == 1)
    }

    @Test("stores of a message that was good in part the rest alone", arguments: ["", #","ts":1792835995000"#])
    func partOfMessage(time: String) throws {
        let bench = try bench()
        // Two at the same millisecond: the second one's time of receipt is made a free one.
        try bench.deliver("s/known", #"{"temperature":1,"humidity":2}"#)
        try bench.deliver("s/known", #"{"temperature":1,"humidity":3\#(time)}"#)
        try bench.commit()
        #expect(try bench.stored() == ["known/temperature=1", "known/temperature=1"])
        bench.reload(QuarantineBench.right)
        for _ in 0..<2 {
            try bench.replay()
            try bench.commit()
            #expect(
                try bench.stored() == [
                    "known/humidity=2", "known/humidity=3", "known/temperature=1", "known/temperature=1",
                ])
            let ledger = try bench.ledger()
            #expect(ledger.messages.received == 2 && ledger.messages.stored == 2)
            #expect(ledger.readings.received == 4 && ledger.readings.stored == 4 && ledger.readings.duplicate == 0)
            #expect(try bench.isBalanced)
        }
    }

    @Test("files what carries no time at the time at which it came, whatever has come since")
    func olderThanTheLatest() throws {
        let bench = try bench()
        let came = bench.clock.now
        for value in 1...2 { try bench.deliver("s/stranger", #"{"temperature":\#(value)}"#) }
        try bench.commit()
        bench.reload(QuarantineBench.right)
        try bench.replay([])
        bench.clock.advance(milliseconds: 600_000)
        let later = bench.clock.now
        try bench.deliver("s/stranger", #"{"temperature":3}"#)
        try bench.replay()
        try bench.deliver("s/stranger", #"{"temperature":4}"#)
        try bench.commit()
        var points: [Timestamp: Double] = [:]
        try bench.store.reader.readings(in: .distantPast..<(.distantFuture)) {
            points[$0.time] = $0.value
            return true
        }
        #expect(points == [came: 1, came + 1: 2, later: 3, later + 1: 4])
    }

    @Test("finds a millisecond for each message of a burst, whatever part of it goes first")
    func burst() throws {
        let bench = try bench()
        let came = bench.clock.now
        for value in 0..<200 { try bench.deliver("s/stranger", #"{"temperature":\#(value % 7)}"#) }
        try bench.commit()
        bench.reload(QuarantineBench.right)
        bench.clock.advance(milliseconds: 4 * 3_600_000)
        let held = try bench.store.reader.heldMessages(limit: 200)
        try bench.replay(held.filter { $0.id % 3 == 0 })
        try bench.crash()
        for remainder in 0..<3 { try bench.replay(held.filter { $0.id % 3 == remainder }) }
        try bench.commit()
        var times: [Timestamp] = []
        try bench.store.reader.readings(in: .distantPast..<(.distantFuture)) {
            times.append($0.time)
            return true
        }
        #expect(times.count == 200)
        #expect(times.allSatisfy { (0..<1000).contains($0 - came) })
        #expect(try bench.store.reader.heldMessages(limit: 1).isEmpty)
        #expect(try bench.isBalanced)
    }

    @Test(
        "keeps what is past retention by now, with or without a time of its own",
        arguments: ["", #","ts":1792835995000"#])
    func beyondRetention(time: String) throws {
        let bench = try bench()
        try bench.deliver("s/stranger", #"{"temperature":1\#(time)}"#)
        try bench.commit()
        bench.reload(QuarantineBench.right)
        bench.clock.advance(milliseconds: 2 * 86_400_000)
        try bench.replay()
        try bench.commit()
        #expect(try bench.stored().isEmpty)
        #expect(try bench.store.reader.heldMessages(limit: 2).map(\.message.rejection.reason) == [.beyondRetention])
        #expect(try bench.isBalanced)
    }

    @Test("moves a message that no source matched from that account to its source's")
    func newSource() throws {
        let bench = try bench()
        try bench.deliver("new/box", #"{"temperature":1}"#)
        try bench.deliver("newer/box", #"{"temperature":1}"#)
        try bench.commit()
        bench.reload(QuarantineBench.wider)
        try bench.replay()
        try bench.commit()
        let accounts = try bench.store.ledger().map {
            "\($0.source): \($0.messages.received) received, \($0.messages.stored) stored, \($0.messages.quarantined) held"
        }
        #expect(
            accounts == ["(no source): 1 received, 0 stored, 1 held", "new: 1 received, 1 stored, 0 held"])
        #expect(try bench.isBalanced)
    }

    @Test("keeps what is still wrong under its number, with what is wrong now")
    func stillWrong() throws {
        let bench = try bench()
        try bench.deliver("s/stranger", "{}")
        try bench.deliver("s/stranger", #"{"temperature":"warm"}"#)
        try bench.commit()
        let before = try bench.store.reader.heldMessages(limit: 10)
        bench.reload(QuarantineBench.right)
        try bench.replay()
        try bench.commit()
        let after = try bench.store.reader.heldMessages(limit: 10)
        #expect(after.map(\.id) == before.map(\.id) && after.map(\.message.received) == before.map(\.message.received))
        #expect(after.map(\.message.rejection.reason) == [.noReading, .badValue])
        #expect(bench.core.replayed.quarantined == 2)
        #expect(try bench.isBalanced)
    }

    @Test("takes a message that is not there any more for nothing")
    func goneMeanwhile() throws {
        let bench = try bench()
        try bench.deliver("s/stranger", #"{"temperature":1}"#)
        try bench.commit()
        let held = try bench.store.reader.heldMessages(limit: 1)
        #expect(try bench.store.dropQuarantined(QuarantineSelection(), limit: 10).count == 1)
        try bench.commit()
        bench.reload(QuarantineBench.right)
        try bench.replay(held)
        try bench.commit()
        #expect(try bench.stored().isEmpty)
        let ledger = try bench.ledger()
        #expect(ledger.messages.received == 1 && ledger.messages.quarantined == 1)
        #expect(try bench.isBalanced && bench.store.reader.holdings().removedQuarantined == 1)
    }

    @Test("stores each reading exactly once, and balances at every commit", arguments: 0..<12)
    func exactlyOnce(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x0AA1 + round)
        let bench = try bench()
        var expected: [String] = []
        var isRight = false
        for number in 0..<200 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: try bench.crash()
            case 1: try bench.replay(limit: Int.random(in: 1...20, using: &random))
            case 2:
                isRight.toggle()
                bench.reload(isRight ? QuarantineBench.right : QuarantineBench.wrong)
            case 3, 4:
                try bench.commit()
                #expect(try bench.isBalanced, "seed \(random.seed)")
            default:
                let device = ["known", "stranger"].randomElement(using: &random)!
                let time = Bool.random(using: &random) ? #","ts":\#((bench.clock.now - 5000).milliseconds)"# : ""
                try bench.deliver(
                    "s/\(device)", #"{"temperature":\#(number),"humidity":\#(number)\#(time)}"#)
                expected += ["\(device)/humidity=\(number)", "\(device)/temperature=\(number)"]
            }
            // 5000 is no multiple of it: no two messages have different values for one time.
            bench.clock.advance(milliseconds: 7)
        }
        bench.reload(QuarantineBench.right)
        for _ in 0..<2 {
            try bench.replay()
            try bench.commit()
        }
        #expect(try bench.stored() == expected.sorted(), "seed \(random.seed)")
        #expect(try bench.store.reader.heldMessages(limit: 1).isEmpty)
        let ledger = try bench.ledger()
        #expect(ledger.readings.stored == expected.count)
        #expect(try bench.isBalanced)
    }

    /// A reading that is good, one under a phone's name, and one that is kept aside until its unit is right.
    private static let mixed = """
        a,dev=known temperature=1
        a,dev=A4:83:E7:0B:12:9C temperature=2
        a,dev=known humidity=3
        """

    @Test("counts a reading under a personal name where its message is: put aside with it, then let go")
    func personalName() throws {
        let bench = try bench()
        try bench.deliver("lines", QuarantineReplayTests.mixed)
        try bench.deliver("lines", "a,dev=known temperature=5\na,dev=A4:83:E7:0B:12:9C temperature=6")
        try bench.commit()
        #expect(try bench.stored() == ["known/temperature=1", "known/temperature=5"])
        var ledger = try bench.ledger()
        #expect(ledger.messages.quarantined == 1 && ledger.messages.stored == 1)
        #expect(ledger.readings.received == 5 && ledger.readings.stored == 2)
        #expect(ledger.readings.quarantined == 2 && ledger.readings.rejected == [.personalData: 1])
        #expect(try bench.isBalanced)
        let held = try bench.store.reader.heldMessages(limit: 2)
        #expect(
            held.map { String(decoding: $0.message.payload, as: UTF8.self) }
                == [QuarantineReplayTests.mixed.replacing("A4:83:E7:0B:12:9C", with: "x0:00:x0:0x:00:0x")])

        bench.reload(QuarantineBench.right)
        try bench.replay()
        try bench.commit()
        #expect(try bench.stored() == ["known/humidity=3", "known/temperature=1", "known/temperature=5"])
        ledger = try bench.ledger()
        #expect(ledger.messages.received == 2 && ledger.messages.stored == 2 && ledger.messages.quarantined == 0)
        #expect(ledger.readings.received == 5 && ledger.readings.stored == 3)
        #expect(ledger.readings.rejected == [.personalData: 2] && ledger.readings.quarantined == 0)
        #expect(try bench.isBalanced)
    }

    @Test("a message under a personal name is let go, again after a crash, and balances")
    func personalMessage() throws {
        let bench = try bench()
        try bench.deliver("lines", "a,dev=A4:83:E7:0B:12:9C temperature=6,humidity=7")
        try bench.deliver("lines", "a,dev=known temperature=5\na,dev=GBB-01-B temperature=6")
        try bench.crash()
        try bench.commit()
        try bench.crash()
        #expect(try bench.stored() == ["known/temperature=5"])
        let ledger = try bench.ledger()
        #expect(ledger.messages.rejected == [.personalData: 1] && ledger.messages.stored == 1)
        #expect(ledger.readings.rejected == [.personalData: 3] && ledger.readings.received == 4)
        #expect(try bench.isBalanced)
    }

    @Test("masks what a former version kept as it came, where it has to stay")
    func formerVersion() throws {
        let bench = try bench()
        let former = QuarantinedMessage(
            received: bench.clock.now, source: "street", topic: Array("s/known".utf8),
            payload: Array(#"{"temperature":"warm","seen":"A4:83:E7:0B:12:9C"}"#.utf8),
            rejection: Rejection(.badValue, detail: "of GBB-01-B", readingCount: 1))
        #expect(try bench.store.quarantine(former, configuration: ""))
        try bench.commit()
        try bench.replay()
        try bench.commit()
        let held = try #require(try bench.store.reader.heldMessages(limit: 2).first)
        #expect(held.id == 1 && held.message.topic == former.topic)
        #expect(
            String(decoding: held.message.payload, as: UTF8.self)
                == #"{"temperature":"warm","seen":"x0:00:x0:0x:00:0x"}"#)
        #expect(!held.message.rejection.detail.contains("GBB"))
    }

    private static func uplink(_ counter: Int, heard: String, server: String, temperature: Double) -> String {
        #"{"end_device_ids":{"device_id":"known","dev_eui":"0004A30B001C0530"},"uplink_message":{"session_key_id":"#
            + #""AXA50tHGUUucuzS/bCGMNw==","f_cnt":\#(counter),"decoded_payload":{"temperature":\#(temperature)},"#
            + #""rx_metadata":[{"time":"\#(heard)"}],"received_at":"\#(server)"}}"#
    }

    @Test("recognises an uplink that the network delivers again with other times, also after a restart")
    func sameUplink() throws {
        let bench = try bench()
        func deliver(_ counter: Int, _ heard: String) throws {
            try bench.deliver(
                "v3/known/up",
                QuarantineReplayTests.uplink(
                    counter, heard: "2026-10-24T09:59:\(heard)Z", server: "2026-10-24T09:59:59Z", temperature: 5))
        }
        try deliver(1, "40.1")
        try deliver(2, "50.1")
        try bench.commit()
        try deliver(1, "40.7")
        try bench.crash()
        try deliver(2, "50.9")
        try deliver(3, "58.0")
        try bench.commit()
        #expect(try bench.stored().count == 3)
        let ledger = try bench.ledger()
        #expect(ledger.messages.stored == 3 && ledger.messages.duplicate == 2)
        #expect(ledger.readings.stored == 3 && ledger.readings.duplicate == 2)
        #expect(try bench.isBalanced)
    }
}
