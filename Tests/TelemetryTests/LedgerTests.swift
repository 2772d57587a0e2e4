import Telemetry
import TestKit
import Testing

@Suite("Ledger")
struct LedgerTests {
    @Test("balances when every fate is counted once, and not when any is missed", arguments: 0..<50)
    func balance(round: UInt64) {
        var random = SeededGenerator(seed: 0x1ED6 + round)
        var counts = LedgerCounts()
        #expect(counts.isBalanced)
        for _ in 0..<Int.random(in: 1...200, using: &random) {
            counts.received += 1
            switch Int.random(in: 0..<4, using: &random) {
            case 0: counts.stored += 1
            case 1: counts.duplicate += 1
            case 2: counts.quarantined += 1
            default: counts.rejected[RejectionReason.allCases.randomElement(using: &random)!, default: 0] += 1
            }
        }
        #expect(counts.isBalanced)
        for wrong in [\LedgerCounts.received, \.stored, \.duplicate, \.quarantined] {
            var bad = counts
            bad[keyPath: wrong] += 1
            #expect(!bad.isBalanced)
        }
        var bad = counts
        bad.rejected[.simulated, default: 0] += 1
        #expect(!bad.isBalanced)
    }

    @Test("adds accounts place by place and reason by reason")
    func adds() {
        var left = LedgerCounts()
        (left.received, left.stored, left.duplicate, left.quarantined) = (10, 4, 3, 1)
        left.rejected = [.emptyPayload: 2]
        var right = LedgerCounts()
        (right.received, right.stored, right.duplicate, right.quarantined) = (100, 40, 30, 10)
        right.rejected = [.emptyPayload: 5, .simulated: 15]
        left.add(right)
        #expect((left.received, left.stored, left.duplicate, left.quarantined) == (110, 44, 33, 11))
        #expect(left.rejected == [.emptyPayload: 7, .simulated: 15])
        #expect(left.rejectedTotal == 22)
        #expect(left.isBalanced)
    }

    @Test("is balanced when messages are and readings are")
    func source() {
        var ledger = SourceLedger(source: "s")
        #expect(ledger.isBalanced)
        ledger.readings.received = 1
        #expect(!ledger.isBalanced)
        ledger.messages.received = 1
        ledger.readings.stored = 1
        #expect(!ledger.isBalanced)
        ledger.messages.stored = 1
        #expect(ledger.isBalanced)
    }

    @Test("keeps aside what may hold data, and lets go what holds none by rule")
    func dispositions() {
        let letGo = RejectionReason.allCases.filter { $0.disposition == .rejected }
        #expect(Set(letGo) == [.emptyPayload, .ignoredTopic, .simulated, .missing, .personalData])
        // What stands in databases must not change.
        #expect(RejectionReason(rawValue: "unknown_topic") == .unknownTopic)
        #expect(Set(RejectionReason.allCases.map(\.rawValue)).count == RejectionReason.allCases.count)
    }
}
