import Telemetry
import TestKit
import Testing

/// SIGKILL at every step of sealing, opening what is sealed, and retention: what was acknowledged is there, once, and once
/// the rest was delivered the file is as if nothing had been killed.
@Suite("Processes that are killed", .timeLimit(.minutes(5)))
struct KillTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    /// The steps, and how many times they are reached at least while a run's messages are taken in.
    static let points = [
        "commit.begun", "commit.done", "seal.segment", "seal.inserted", "seal.deleted", "seal.resumed", "merge.deleted",
        "merge.written", "reopen.deleted", "reopen.inserted", "reopen.changed", "bundle.written", "bundle.removed",
    ]
    static let retentionPoints = [
        "retention.rows", "retention.segment", "retention.trimmed", "retention.segments",
    ]

    @Test("at any step leave what was acknowledged", arguments: points + retentionPoints)
    func atPoint(point: String) async {
        for round in 0..<2 as Range<UInt64> {
            // Every second one keeps its readings for two hours only.
            let seed = 0x5EA2 + 2 * round + (KillTests.retentionPoints.contains(point) ? 0 : round % 2)
            let run = KillRun(seed: seed)
            let complaint = await run.complaint([
                .at(point, time: 1), .at(point, time: 2), .at(point, time: 1),
            ])
            #expect(complaint == nil)
            #expect(run.kills >= 2, "seed \(seed): \(point) was reached in \(run.kills) of 3 processes")
        }
    }

    @Test("one step after the other, the n-th time", arguments: 0..<6 as Range<UInt64>)
    func inTurn(round: UInt64) async {
        var random = SeededGenerator(seed: 0x1217 + round)
        let all = KillTests.points + KillTests.retentionPoints
        let run = KillRun(seed: 0x7E57 + round)
        let deaths: [KillRun.Death] = (0..<5).map { _ in
            .at(all.randomElement(using: &random)!, time: Int.random(in: 1...6, using: &random))
        }
        let complaint = await run.complaint(deaths)
        #expect(complaint == nil)
        #expect(run.kills > 0)
    }

    @Test("at any moment, in a commit or a checkpoint as well", arguments: 0..<4 as Range<UInt64>)
    func atAnyMoment(round: UInt64) async {
        var random = SeededGenerator(seed: 0xA27 + round)
        let run = KillRun(seed: 0xBEEF + round)
        let deaths: [KillRun.Death] = (0..<6).map { _ in
            .after(microseconds: Int.random(in: 5000...150_000, using: &random))
        }
        let complaint = await run.complaint(deaths)
        #expect(complaint == nil)
        #expect(run.kills > 0)
    }
}
