import Processing
import Telemetry
import Testing

@Suite("The day's account of what was written, and its pace")
struct WearAccountTests {
    private let monday = Timestamp(milliseconds: 0)..<Timestamp(milliseconds: 86_400_000)
    private let tuesday = Timestamp(milliseconds: 86_400_000)..<Timestamp(milliseconds: 172_800_000)

    @Test("begins anew with each day")
    func days() {
        var account = WearAccount()
        account.add(100, on: monday)
        account.add(20, on: monday)
        #expect(account.written == 120)
        account.add(5, on: tuesday)
        #expect(account.written == 5 && account.day == tuesday)
    }

    @Test("what was written under a wrong clock counts for the day that is then learnt")
    func beforeTheClock() {
        var account = WearAccount()
        account.add(100, on: nil)
        account.add(1, on: monday)
        #expect(account.written == 101)
        account.add(10, on: nil)
        #expect(account.written == 111 && account.day == monday)
    }

    @Test("takes over what an earlier process wrote on the same day, and nothing of another day")
    func resumption() {
        var account = WearAccount()
        account.add(10, on: monday)
        account.resume(dayStart: monday.lowerBound, written: 500)
        #expect(account.written == 510)
        var next = WearAccount()
        next.add(10, on: tuesday)
        next.resume(dayStart: monday.lowerBound, written: 500)
        #expect(next.written == 10)
    }

    @Test("a pace is told after a minute, over an hour, or since a moment")
    func pace() {
        var pace = WritePace()
        #expect(pace.perDay() == nil)
        for second in stride(from: Int64(0), through: 59, by: 1) { pace.note(total: second * 10, at: second * 1000) }
        #expect(pace.perDay() == nil && pace.observed(since: .min) == 59_000)
        pace.note(total: 600, at: 60_000)
        #expect(pace.perDay() == 864_000)
        for second in stride(from: Int64(61), through: 7200, by: 1) {
            pace.note(total: 600 + (second - 60) * 20, at: second * 1000)
        }
        #expect(pace.perDay() == 1_728_000, "what was two hours ago is forgotten")
        #expect(pace.observed(since: .min) == 3_600_000)
        #expect(pace.observed(since: 7_100_000) == 100_000)
        #expect(pace.perDay(since: 7_150_000) == nil)
    }
}
