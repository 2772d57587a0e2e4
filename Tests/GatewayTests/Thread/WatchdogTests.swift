import Testing

@testable import Gateway

@Suite("Watchdog")
struct WatchdogTests {
    private let watchdog = Watchdog(hearts: [
        .init(name: "broker", lastBeat: { 1000 }, limitMilliseconds: 500),
        .init(name: "core", lastBeat: { 1200 }, limitMilliseconds: 500),
    ])

    @Test(
        "names every thread that has not had its turn in time",
        arguments: [(1500, []), (1501, ["broker"]), (1701, ["broker", "core"])] as [(Int64, [String])])
    func overdue(now: Int64, names: [String]) {
        #expect(watchdog.overdue(at: now) == names)
    }

    @Test("bears a disk that blocks for some minutes, and no longer; threads have their time again after it")
    func blockedByDisk() {
        var busy = watchdog
        busy.disk = { (1200, 0) }
        #expect(busy.overdue(at: 301_200).isEmpty)
        #expect(busy.overdue(at: 301_201) == ["broker", "core"])
        var over = watchdog
        over.disk = { (nil, 250_000) }
        #expect(over.overdue(at: 250_500).isEmpty)
        #expect(over.overdue(at: 250_501) == ["broker", "core"])
    }
}
