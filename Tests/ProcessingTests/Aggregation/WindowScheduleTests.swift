import Processing
import Telemetry
import TestKit
import Testing

@Suite("WindowSchedule")
struct WindowScheduleTests {
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func schedule(closedUntil: Timestamp) -> WindowSchedule {
        WindowSchedule(
            closedUntil: closedUntil, latenessMilliseconds: 10_000, lateDelayMilliseconds: 5000, calendar: .utc)
    }

    @Test("closes a minute when the gateway's clock is past its end and the lateness")
    func closesOnTime() {
        var schedule = schedule(closedUntil: ten)
        #expect(!note(&schedule, 1, at: ten + 30_000, now: ten + 30_000))
        schedule.advance(to: ten + 69_999)
        #expect(takeDueMinutes(&schedule, now: ten + 69_999, limit: 10).isEmpty)
        schedule.advance(to: ten + 70_000)
        let due = schedule.takeDueMinutes(now: ten + 70_000, limit: 10)
        #expect(due.map(\.window.start) == [ten])
        #expect(due.map(\.series) == [[1]])
        #expect(takeDueMinutes(&schedule, now: ten + 80_000, limit: 10).isEmpty)
    }

    @Test("tells a late minute once, and computes it after a pause")
    func lateMinute() {
        var schedule = schedule(closedUntil: ten + 600_000)
        #expect(note(&schedule, 1, at: ten, now: ten + 600_000))
        #expect(!note(&schedule, 1, at: ten + 1, now: ten + 600_000))
        #expect(!schedule.hasDueWork(now: ten + 604_999))
        #expect(schedule.hasDueWork(now: ten + 605_000))
        #expect(takeDueMinutes(&schedule, now: ten + 605_000, limit: 10).map(\.wasLate) == [true])
        #expect(note(&schedule, 1, at: ten + 2, now: ten + 606_000), "it is late anew")
    }

    @Test("keeps a window open for a series whose readings take longer, and no other's")
    func ownLateness() {
        var schedule = schedule(closedUntil: ten)
        schedule.setLateness(300_000, of: 2)
        _ = schedule.note(1, at: ten, now: ten)
        _ = schedule.note(2, at: ten, now: ten)
        schedule.advance(to: ten + 70_000)
        #expect(takeDueMinutes(&schedule, now: ten + 70_000, limit: 10).map(\.series) == [[1]])
        #expect(!schedule.hasDueWork(now: ten + 70_000))
        schedule.advance(to: ten + 359_999)
        #expect(!note(&schedule, 2, at: ten + 30_000, now: ten + 359_999), "it is not late yet")
        #expect(takeDueMinutes(&schedule, now: ten + 359_999, limit: 10).isEmpty)
        schedule.advance(to: ten + 360_000)
        #expect(schedule.hasDueWork(now: ten + 360_000))
        #expect(takeDueMinutes(&schedule, now: ten + 360_000, limit: 10).map(\.series) == [[2]])
        #expect(note(&schedule, 2, at: ten + 40_000, now: ten + 360_000), "now it is")
        schedule.setLateness(nil, of: 2)
        #expect(schedule.longestLateness == 0)
    }

    @Test("lets no late reading of another series hold up one for which a window was kept open")
    func ownLatenessAndLate() {
        var schedule = schedule(closedUntil: ten)
        schedule.setLateness(300_000, of: 2)
        _ = schedule.note(2, at: ten, now: ten)
        schedule.advance(to: ten + 359_000)
        #expect(note(&schedule, 1, at: ten, now: ten + 359_000), "storage keeps a mark of this one alone")
        #expect(!schedule.hasDueWork(now: ten + 359_000))
        schedule.advance(to: ten + 360_000)
        #expect(schedule.hasDueWork(now: ten + 360_000))
        #expect(takeDueMinutes(&schedule, now: ten + 360_000, limit: 10).map(\.series) == [[1, 2]])
        #expect(schedule.waitingCount == 0)
    }

    @Test("computes a coarse window for a series once, when it waits for nothing more")
    func ownLatenessOfCoarse() {
        var schedule = schedule(closedUntil: ten)
        schedule.setLateness(300_000, of: 2)
        let minute = Window(.minute, holding: ten + 840_000, days: .utc)
        schedule.noteWritten(minute, series: [1, 2])
        schedule.advance(to: ten + 910_000)
        #expect(takeDueCoarse(&schedule, .quarter).map(\.series) == [[1]])
        #expect(takeDueCoarse(&schedule, .quarter).isEmpty)
        schedule.advance(to: ten + 1_200_000)
        #expect(takeDueCoarse(&schedule, .quarter).map(\.series) == [[2]])
    }

    @Test("lets a device in the future move nobody's border")
    func futureReading() {
        var schedule = schedule(closedUntil: ten)
        _ = schedule.note(1, at: ten + 240_000, now: ten)
        schedule.advance(to: ten + 75_000)
        #expect(schedule.closedUntil == ten + 60_000)
        #expect(!note(&schedule, 2, at: ten + 65_000, now: ten + 75_000))
        #expect(takeDueMinutes(&schedule, now: ten + 75_000, limit: 10).isEmpty)
    }

    @Test("never moves the border back when the clock does")
    func clockStepsBack() {
        var schedule = schedule(closedUntil: ten)
        schedule.advance(to: ten + 600_000)
        let border = schedule.closedUntil
        #expect(!advance(&schedule, to: ten))
        #expect(schedule.closedUntil == border)
    }

    @Test("opens again what a clock had closed that was years ahead")
    func clockWasAhead() {
        var schedule = schedule(closedUntil: ten)
        schedule.advance(to: ten + 4 * 365 * 86_400_000)
        #expect(advance(&schedule, to: ten + 75_000))
        #expect(schedule.closedUntil == ten + 60_000)
        #expect(!note(&schedule, 1, at: ten + 70_000, now: ten + 75_000), "it is not late")
        schedule.advance(to: ten + 135_000)
        let due = takeDueMinutes(&schedule, now: ten + 135_000, limit: 10)
        #expect(due.map(\.wasLate) == [false])
    }

    @Test("passes written minutes on to quarters, and these to hours and days")
    func coarseTiers() {
        var schedule = schedule(closedUntil: ten + 86_400_000)
        let minute = Window(.minute, holding: ten, days: .utc)
        schedule.noteWritten(minute, series: [3])
        let quarters = schedule.takeDueCoarse(.quarter)
        #expect(quarters.map(\.window.start) == [ten])
        schedule.noteWritten(quarters[0].window, series: [3])
        #expect(takeDueCoarse(&schedule, .hour).map(\.window.start) == [ten])
        #expect(takeDueCoarse(&schedule, .day).map(\.window.start) == [ten - 36_000_000])
        #expect(schedule.waitingCount == 0)
    }

    @Test("keeps coarse windows until they are closed")
    func openCoarse() {
        var schedule = schedule(closedUntil: ten + 60_000)
        schedule.noteWritten(Window(.minute, holding: ten, days: .utc), series: [3])
        #expect(takeDueCoarse(&schedule, .quarter).isEmpty)
        schedule.advance(to: ten + 910_000)
        #expect(takeDueCoarse(&schedule, .quarter).count == 1)
    }

    @Test("hands out a backlog in portions")
    func portions() {
        var schedule = schedule(closedUntil: ten + 86_400_000)
        for minute in 0..<100 {
            _ = schedule.note(1, at: ten + Int64(minute) * 60_000, now: ten)
        }
        var taken = 0
        var portions = 0
        while schedule.hasDueWork(now: ten + 10_000) {
            taken += schedule.takeDueMinutes(now: ten + 10_000, limit: 600).count
            portions += 1
        }
        #expect(taken == 100)
        #expect(portions == 4)
    }
}

// The expectation macro takes its operands as they are, so that nothing in it can be changed but through `&`.
private func note(_ schedule: inout WindowSchedule, _ series: SeriesID, at time: Timestamp, now: Timestamp) -> Bool {
    schedule.note(series, at: time, now: now)
}

private func advance(_ schedule: inout WindowSchedule, to now: Timestamp) -> Bool { schedule.advance(to: now) }

private func takeDueMinutes(_ schedule: inout WindowSchedule, now: Timestamp, limit: Int) -> [DueWindow] {
    schedule.takeDueMinutes(now: now, limit: limit)
}

private func takeDueCoarse(_ schedule: inout WindowSchedule, _ tier: Tier) -> [DueWindow] {
    schedule.takeDueCoarse(tier)
}
