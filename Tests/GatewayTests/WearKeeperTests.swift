import Processing
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

@Suite("WearKeeper")
struct WearKeeperTests {
    private let directory = TemporaryDirectory()
    private let noon = Timestamp(rfc3339: "2026-11-24T12:00:00Z")!

    private final class Written {
        var bytes: Int64? = 0
    }

    private func settings(budget: Int64?) -> WearSettings {
        WearSettings(commitInterval: 1000, budgetBytesPerDay: budget, keepAliveSeconds: 60)
    }

    private func world(
        at now: Timestamp, isTrusted: Bool = true, storeBytes: Int64? = nil, rate: Double = 50, window: Int = 2000
    ) -> WearKeeper.Circumstances {
        WearKeeper.Circumstances(
            day: isTrusted ? (DayCalendar.utc.day(holding: now), now) : nil, storeBytes: { storeBytes },
            messagesPerSecond: rate, window: window)
    }

    /// Looks each five seconds while so much is written.
    /// - Returns: what the log says.
    private func run(
        _ keeper: inout WearKeeper, _ written: Written, seconds: ClosedRange<Int64>, bytesPerSecond: Int64,
        budget: Int64?, window: Int = 2000
    ) -> [String] {
        var lines: [String] = []
        for second in stride(from: seconds.lowerBound, through: seconds.upperBound, by: 5) {
            let circumstances = world(at: noon + second * 1000, window: window)
            if let line = keeper.look(circumstances, settings: settings(budget: budget), at: second * 1000) {
                lines.append(line)
            }
            written.bytes? += 5 * bytesPerSecond
        }
        return lines
    }

    @Test("without a budget tells what is written on the day, and how much that is a day, and changes nothing")
    func withoutBudget() {
        let written = Written()
        var keeper = WearKeeper(settings: settings(budget: nil), now: 0, measure: { written.bytes })
        #expect(run(&keeper, written, seconds: 0...600, bytesPerSecond: 1000, budget: nil).isEmpty)
        let shown = keeper.snapshot
        #expect(shown.writtenToday == 600_000 && shown.perDay == 86_400_000 && shown.isMeasured)
        #expect(shown.interval == 1000 && shown.verdict == .none && shown.remark == nil)
    }

    @Test("stretches, says so once, and says when commits are as configured again")
    func stretches() throws {
        let written = Written()
        let budget: Int64 = 1 << 30
        var keeper = WearKeeper(settings: settings(budget: budget), now: 0, measure: { written.bytes })
        let lines = run(&keeper, written, seconds: 0...900, bytesPerSecond: 100_000, budget: budget)
        #expect(lines.first == "the commit interval is stretched from 1 s to 4 s to keep within 1 GiB/day")
        #expect(lines.count <= 3, "\(lines)")
        #expect(keeper.snapshot.remark == lines.last)
        let later = run(&keeper, written, seconds: 905...14_400, bytesPerSecond: 10, budget: budget)
        #expect(later.last == "the commit interval is 1 s again, as configured", "\(later)")
        #expect(keeper.snapshot.remark == nil)
    }

    @Test("says that the broker's window hinders it, in messages and seconds")
    func window() {
        let written = Written()
        let budget: Int64 = 1 << 30
        var keeper = WearKeeper(settings: settings(budget: budget), now: 0, measure: { written.bytes })
        let lines = run(
            &keeper, written, seconds: 0...1800, bytesPerSecond: 1_000_000, budget: budget, window: 150)
        let words =
            "the flash budget of 1 GiB/day cannot be kept: the broker's window of 150 messages is used up in 3 s"
        #expect(lines.contains { $0.hasPrefix(words) } || keeper.snapshot.remark?.contains("used up in 3 s") == true)
        #expect(keeper.snapshot.interval == 3000 && keeper.snapshot.bound == .window)
    }

    @Test("the day's account goes on after a restart, also where the clock is right only later")
    func restart() throws {
        let path = directory.file("poort.db")
        let store = try Store(path: path)
        let written = Written()
        var first = WearKeeper(settings: settings(budget: nil), now: 0, measure: { written.bytes })
        try first.recall(from: store)
        written.bytes = 7000
        _ = first.look(world(at: noon), settings: settings(budget: nil), at: 0)
        try first.keep(in: store)
        #expect(!store.hasUncommitted, "it is not worth a commit of its own")
        try store.setState("anything", 1)
        try first.keep(in: store)
        try store.commit()

        let process = Written()
        process.bytes = 50
        var second = WearKeeper(settings: settings(budget: nil), now: 0, measure: { process.bytes })
        try second.recall(from: store)
        _ = second.look(world(at: noon, isTrusted: false), settings: settings(budget: nil), at: 0)
        #expect(second.snapshot.writtenToday == 50)
        _ = second.look(world(at: noon + 60_000), settings: settings(budget: nil), at: 5000)
        #expect(second.snapshot.writtenToday == 7050)
        // A new file after a failure: what this process knows is right.
        try second.recall(from: store)
        _ = second.look(world(at: noon + 120_000), settings: settings(budget: nil), at: 10_000)
        #expect(second.snapshot.writtenToday == 7050)
        _ = second.look(world(at: noon + 86_400_000), settings: settings(budget: nil), at: 15_000)
        #expect(second.snapshot.writtenToday == 0)
    }

    @Test("where the kernel does not count, pages are counted, over several connections")
    func counted() throws {
        var keeper = WearKeeper(settings: settings(budget: nil), now: 0, measure: { nil })
        for (turn, bytes) in ([nil, 1000, 3000, 500, 700] as [Int64?]).enumerated() {
            _ = keeper.look(
                world(at: noon, storeBytes: bytes), settings: settings(budget: nil), at: Int64(turn) * 5000)
        }
        #expect(keeper.snapshot.writtenToday == 3700 && !keeper.snapshot.isMeasured)

        let store = try Store(path: directory.file("counted.db"))
        try store.setState("anything", 1)
        try store.commit()
        let before = store.writtenBytes()
        #expect(before > 0)
        try store.setState("anything", 2)
        try store.commit()
        #expect(store.writtenBytes() > before)
    }

    @Test("reads what the kernel counts")
    func kernel() {
        let text = "rchar: 6976\nwchar: 9\nread_bytes: 0\nwrite_bytes: 12288\ncancelled_write_bytes: 4096\n"
        #expect(ProcessWrites.bytes(in: text) == 8192)
        #expect(ProcessWrites.bytes(in: "rchar: 1\n") == nil)
    }
}
