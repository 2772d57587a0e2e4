import Processing
import Telemetry
import Testing

@Suite("ClockTrust")
struct ClockTrustTests {
    private let noon = Timestamp(rfc3339: "2026-11-23T12:00:00Z")!
    private let boot1970 = Timestamp(milliseconds: 0)
    private let minute: Int64 = 60_000

    private func verdict(
        _ wall: Timestamp, sinceBoot: Int64 = 40_000, _ synchronisation: ClockTrust.Synchronisation = .unknown,
        floor: Timestamp?, policy: ClockTrust.Policy = .auto
    ) -> ClockTrust.Verdict {
        var trust = ClockTrust()
        _ = trust.read(
            .init(wall: wall, sinceBoot: sinceBoot, synchronisation: synchronisation), floor: floor, policy: policy)
        return trust.verdict
    }

    @Test("believes a clock that is not before the last time that was believed, though nobody confirms it")
    func laterThanTheFloor() {
        #expect(verdict(noon, floor: nil) == .trusted)
        #expect(verdict(noon, floor: noon) == .trusted)
        #expect(verdict(noon, floor: noon + 1) == .behind(noon + 1))
        #expect(verdict(noon, .pending, floor: noon + 1) == .behind(noon + 1))
    }

    @Test("believes one that the system confirms, also before that time")
    func confirmed() {
        #expect(verdict(noon, .confirmed, floor: noon + 1000 * minute) == .trusted)
    }

    @Test("does not believe 1970, whoever confirms it")
    func implausible() {
        #expect(verdict(boot1970 + 40_000, floor: nil) == .implausible)
        #expect(verdict(boot1970 + 40_000, .confirmed, floor: nil) == .implausible)
        #expect(verdict(ClockTrust.earliestPlausible - 1, floor: nil) == .implausible)
        #expect(verdict(ClockTrust.earliestPlausible, floor: nil) == .trusted)
        #expect(ClockTrust.earliestPlausible == Timestamp(rfc3339: "2026-01-01T00:00:00Z"))
    }

    @Test("waits for a time service that is at work on a saved time, for a quarter of an hour after the boot")
    func pending() {
        #expect(verdict(noon, .pending, floor: noon - minute) == .awaited)
        #expect(verdict(noon, sinceBoot: 15 * minute - 1, .pending, floor: noon - minute) == .awaited)
        #expect(verdict(noon, sinceBoot: 15 * minute, .pending, floor: noon - minute) == .trusted)
    }

    @Test("follows the policy that is configured")
    func policies() {
        #expect(verdict(boot1970, floor: noon, policy: .trusted) == .trusted)
        #expect(verdict(noon, floor: noon - minute, policy: .synchronised) == .awaited)
        #expect(verdict(noon, .confirmed, floor: noon - minute, policy: .synchronised) == .trusted)
    }

    @Test("goes on believing after a correction, but not in a time that cannot be")
    func sticky() {
        var trust = ClockTrust()
        #expect(trust.read(.init(wall: noon, sinceBoot: 0), floor: nil).isVerdictNew)
        #expect(!trust.read(.init(wall: noon - 120 * minute, sinceBoot: 0), floor: noon).isVerdictNew)
        #expect(trust.isTrusted)
        #expect(trust.read(.init(wall: boot1970, sinceBoot: 0), floor: noon).isVerdictNew)
        #expect(trust.verdict == .implausible)
    }

    @Test("sees a step, its size and its direction; time that passes is none")
    func steps() {
        var trust = ClockTrust()
        #expect(trust.read(.init(wall: noon, sinceBoot: 1000), floor: nil).step == nil)
        #expect(trust.read(.init(wall: noon + 60_000, sinceBoot: 61_000), floor: nil).step == nil)
        let back = trust.read(.init(wall: noon + 1000, sinceBoot: 62_000), floor: nil, wasSet: true).step
        #expect(back == .init(time: noon + 1000, milliseconds: -60_000))
        #expect(trust.lastStep == back)
        let forward = trust.read(.init(wall: noon + 92_000, sinceBoot: 63_000), floor: nil).step
        #expect(forward?.milliseconds == 90_000, "also where the system does not announce it")
    }

    @Test("takes neither the pace at which a clock is slewed nor the end of a sleep for a step")
    func noSteps() {
        var trust = ClockTrust()
        _ = trust.read(.init(wall: noon, sinceBoot: 0), floor: nil)
        #expect(trust.read(.init(wall: noon + 1999, sinceBoot: 1000), floor: nil).step == nil)
        #expect(trust.read(.init(wall: noon + 3_602_000, sinceBoot: 3_601_000), floor: nil, wasSet: true).step == nil)
        #expect(trust.read(.init(wall: noon + 3_602_060, sinceBoot: 3_601_000), floor: nil, wasSet: true).step != nil)
    }
}
