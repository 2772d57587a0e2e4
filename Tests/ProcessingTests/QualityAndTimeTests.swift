import Processing
import Telemetry
import TestKit
import Testing

@Suite("Gross range test")
struct GrossRangeTests {
    @Test("gives the flags of QARTOD's own example")
    func publishedVector() {
        let limits = GrossRangeLimits(fail: 10...50, suspect: 20...40)
        let flags = [5, 10, 15, 20, 25, 30, 35, 40, 45, 51].map { limits.flag($0).rawValue }
        #expect(flags == [4, 3, 3, 1, 1, 1, 1, 1, 3, 4])
    }

    @Test("calls what is not a number missing")
    func notANumber() {
        #expect(GrossRangeLimits(fail: 0...1).flag(.nan) == .missing)
        #expect(GrossRangeLimits(fail: 0...1).flag(.infinity) == .fail)
    }
}

@Suite("TimeGate")
struct TimeGateTests {
    private let gate = TimeGate(aheadToleranceMilliseconds: 300_000, retentionMilliseconds: 86_400_000)
    private let now = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    @Test("holds back clocks that are ahead and readings older than is kept; the limits pass")
    func limits() {
        #expect(gate.objection(to: now, received: now, now: now) == nil)
        #expect(gate.objection(to: now + 300_000, received: now, now: now) == nil)
        #expect(gate.objection(to: now + 300_001, received: now, now: now) == .clockAhead)
        #expect(gate.objection(to: now - 86_400_000, received: now, now: now) == nil)
        #expect(gate.objection(to: now - 86_400_001, received: now, now: now) == .beyondRetention)
        #expect(gate.objection(to: now, received: now, now: now + 86_400_001) == .beyondRetention)
        #expect(gate.objection(to: now + 300_001, received: now, now: now + 86_400_000) == .clockAhead)
        #expect(gate.objection(to: Timestamp(seconds: 0), received: now, now: now) == .beyondRetention)
    }
}
