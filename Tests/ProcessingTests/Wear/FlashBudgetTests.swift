import Processing
import TestKit
import Testing

@Suite("FlashBudget")
struct FlashBudgetTests {
    private let day: Int64 = 86_400_000
    private let gibibyte: Int64 = 1 << 30

    private func rules(_ budget: Int64?, interval: Int64 = 1000, longest: Int64 = 30_000) -> FlashBudget.Rules {
        FlashBudget.Rules(bytesPerDay: budget, interval: interval, longest: longest)
    }

    private func standing(
        written: Int64 = 0, dayLeft: Int64? = 86_400_000, pace: Double?, observed: Int64 = 300_000,
        fill: Int64? = nil
    ) -> FlashBudget.Standing {
        FlashBudget.Standing(written: written, dayLeft: dayLeft, pace: pace, observed: observed, windowFill: fill)
    }

    @Test("without a budget commits are as configured, however much is written")
    func none() {
        var budget = FlashBudget(rules: rules(nil), now: 0)
        budget.decide(rules(nil), standing(pace: 1e15), now: 300_000)
        #expect(budget.interval == 1000 && budget.verdict == .none && budget.bound == nil)
    }

    @Test("stretches where the pace would use up the budget too early, and not before it has looked long enough")
    func stretches() {
        var budget = FlashBudget(rules: rules(gibibyte), now: 0)
        let pace = Double(gibibyte) * 3.6
        budget.decide(rules(gibibyte), standing(pace: pace, observed: 299_999), now: 299_999)
        #expect(budget.interval == 1000 && budget.verdict == .within)
        budget.decide(rules(gibibyte), standing(pace: pace), now: 300_000)
        #expect(budget.interval == 4000 && budget.verdict == .stretched && budget.changedAt == 300_000)
        budget.decide(rules(gibibyte), standing(pace: nil, observed: 0), now: 305_000)
        #expect(budget.interval == 4000, "what comes of it is looked at first")
        budget.decide(rules(gibibyte), standing(pace: Double(gibibyte) * 0.95), now: 600_000)
        #expect(budget.interval == 4000, "that is just right")
    }

    @Test("shrinks again where there is room, at most by half, back to what is configured")
    func shrinks() {
        var budget = FlashBudget(rules: rules(gibibyte), now: 0)
        budget.decide(rules(gibibyte), standing(pace: Double(gibibyte) * 3.6), now: 300_000)
        budget.decide(rules(gibibyte), standing(pace: 1000, observed: 1_799_999), now: 600_000)
        #expect(budget.interval == 4000, "a lull is no room")
        budget.decide(rules(gibibyte), standing(pace: Double(gibibyte) * 0.72, observed: 1_800_000), now: 600_000)
        #expect(budget.interval == 3500, "four fifths, rounded up")
        budget.decide(rules(gibibyte), standing(pace: 1000, observed: 1_800_000), now: 900_000)
        #expect(budget.interval == 1800)
        budget.decide(rules(gibibyte), standing(pace: 1000, observed: 1_800_000), now: 1_200_000)
        #expect(budget.interval == 1000 && budget.verdict == .within)
    }

    @Test("what was written early in the day is spared later, and what was spared may be written")
    func restOfTheDay() {
        // Half of the budget is gone after an hour: the rest must do for 23.
        var late = FlashBudget(rules: rules(gibibyte), now: 0)
        let usual = Double(gibibyte) * 0.9
        let rest = standing(written: gibibyte / 2, dayLeft: 23 * 3_600_000, pace: usual, observed: 900_000)
        late.decide(rules(gibibyte), rest, now: 1)
        #expect(late.verdict == .stretched)
        var early = FlashBudget(rules: rules(gibibyte), now: 0)
        early.decide(rules(gibibyte), standing(written: 0, dayLeft: 3_600_000 * 6, pace: usual * 3), now: 1)
        #expect(early.verdict == .within)
    }

    @Test("a budget that is used up has commits as far apart as may be, at once, until the day is over")
    func spent() {
        var budget = FlashBudget(rules: rules(gibibyte), now: 0)
        budget.decide(rules(gibibyte), standing(written: gibibyte, pace: nil, observed: 0), now: 5000)
        #expect(budget.interval == 30_000 && budget.verdict == .spent && budget.bound == .keepAlive)
        budget.decide(rules(gibibyte), standing(written: 0, pace: 1000, observed: 1_800_000), now: 400_000)
        #expect(budget.interval == 15_000 && budget.verdict == .stretched)
    }

    @Test("says that a budget cannot be kept, and what hinders")
    func exceeded() {
        var byKeepAlive = FlashBudget(rules: rules(gibibyte, longest: 2500), now: 0)
        for turn in Int64(1)...3 {
            byKeepAlive.decide(rules(gibibyte, longest: 2500), standing(pace: 1e12), now: turn * 300_000)
        }
        #expect(byKeepAlive.interval == 2500 && byKeepAlive.verdict == .exceeded && byKeepAlive.bound == .keepAlive)
        byKeepAlive.decide(rules(gibibyte, longest: 2500), standing(pace: nil, observed: 10), now: 901_000)
        #expect(byKeepAlive.verdict == .exceeded, "nothing is known that would change that")

        var byWindow = FlashBudget(rules: rules(gibibyte), now: 0)
        for turn in Int64(1)...3 {
            byWindow.decide(rules(gibibyte), standing(pace: 1e12, fill: 3000), now: turn * 300_000)
        }
        #expect(byWindow.interval == 3000 && byWindow.verdict == .exceeded && byWindow.bound == .window)
    }

    @Test("the broker's window counts at once, and what was decided holds again when less comes")
    func windowOfAMoment() {
        var budget = FlashBudget(rules: rules(gibibyte), now: 0)
        budget.decide(rules(gibibyte), standing(pace: Double(gibibyte) * 3.6), now: 300_000)
        budget.decide(rules(gibibyte), standing(pace: nil, observed: 5000, fill: 1500), now: 305_000)
        #expect(budget.interval == 1500)
        budget.decide(rules(gibibyte), standing(pace: nil, observed: 10_000, fill: 100), now: 310_000)
        #expect(budget.interval == 1000, "never shorter than configured")
        budget.decide(rules(gibibyte), standing(pace: nil, observed: 15_000, fill: 60_000), now: 315_000)
        #expect(budget.interval == 4000)
    }

    @Test("a new configuration counts at once")
    func reload() {
        var budget = FlashBudget(rules: rules(gibibyte), now: 0)
        budget.decide(rules(gibibyte), standing(pace: Double(gibibyte) * 3.6), now: 300_000)
        budget.decide(rules(gibibyte, interval: 6000), standing(pace: nil), now: 301_000)
        #expect(budget.interval == 6000)
        budget.decide(rules(nil, interval: 500), standing(pace: nil), now: 302_000)
        #expect(budget.interval == 500 && budget.verdict == .none)
        budget.decide(rules(gibibyte, interval: 20_000, longest: 10_000), standing(pace: nil), now: 303_000)
        #expect(budget.interval == 20_000, "what is configured holds, even where the keepalive is shorter")
    }

    /// What a commit writes however little it holds, and what a reading takes; the log goes into the database in lumps.
    @Test("keeps a day within any budget that can be kept, and settles", arguments: 0..<60)
    func simulatedDay(round: UInt64) {
        var generator = SeededGenerator(seed: 0xF1A5 + round)
        let perSecond = Double.random(in: 100...20_000, using: &generator)
        let perCommit = Double.random(in: 4_000...80_000, using: &generator)
        let lump = Double.random(in: 0...2_000_000, using: &generator)
        let least = (perSecond + perCommit / 30) * 86_400
        let bytes = Int64(least * Double.random(in: 1.25...4, using: &generator)) + Int64(50 * lump)
        var budget = FlashBudget(rules: rules(bytes), now: 0)
        var pace = WritePace()
        var (written, pending, changes) = (0.0, 0.0, 0)
        for now in stride(from: Int64(0), to: day, by: 5000) {
            let grown = 5 * (perSecond + perCommit * 1000 / Double(budget.interval))
            written += grown / 2
            pending += grown / 2
            if pending >= lump {
                written += pending
                pending = 0
            }
            pace.note(total: Int64(written), at: now)
            let before = budget.interval
            budget.decide(
                rules(bytes),
                standing(
                    written: Int64(written), dayLeft: day - now, pace: pace.perDay(since: budget.changedAt),
                    observed: pace.observed(since: budget.changedAt)), now: now)
            if budget.interval != before { changes += 1 }
            #expect((1000...30_000).contains(budget.interval))
        }
        #expect(Int64(written) <= bytes, "round \(round): \(written) of \(bytes)")
        #expect(changes <= 60, "round \(round): \(changes) changes")
    }
}
